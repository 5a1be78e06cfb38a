// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package jaeger names the Jaeger release that the interoperability tests talk to. It holds no
// code: go.mod and go.sum pin the release and everything below it, and tools/interop builds it.
package jaeger

import _ "github.com/jaegertracing/jaeger/cmd/jaeger"
