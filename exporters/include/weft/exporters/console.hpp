// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::exporters {

enum class ConsoleStyle : std::uint8_t {
  tree,  ///< each trace as a tree, children under their parents, with durations
  line,  ///< one line a span
};

enum class Colour : std::uint8_t {
  automatic,  ///< on a terminal, unless NO_COLOR is set
  always,
  never,
};

/// How `console` shows spans.
struct ConsoleOptions {
  ConsoleStyle style = ConsoleStyle::tree;
  std::ostream* out = nullptr;  ///< null: std::cout; it must outlive the exporter
  Colour colour = Colour::automatic;
};

/// Shows spans to a human: `weft::init({.exporters = {weft::exporters::console()}})`. The spans of
/// a trace that arrive in one batch are shown together; a span whose parent is not among them says
/// so. Control characters in names and values are shown as escapes. The output has no format that a
/// program should rely on. A stream that fails makes the export fail. While a stream writes to
/// a pipe that is full, a batch waits for room and no thread waits with it; after five minutes
/// without any it is given up (`Drops::retry_exhausted`). What a stream writes to is known of its
/// buffer where that is libstdc++'s for stdout, stderr or a descriptor: a `std::cout` whose `rdbuf`
/// was replaced is what it was replaced by. Between the lines of a text that is longer than the
/// pipe's room may come those of others.
WEFT_API ExporterPtr console(ConsoleOptions options = {});

}  // namespace weft::inline v0::exporters
