// SPDX-License-Identifier: Apache-2.0
// A library needs a source; what is wanted of this one is its precompiled header
// (cmake/weft_test.cmake).
