// SPDX-License-Identifier: Apache-2.0
#include "substitution.hpp"

#include <gtest/gtest.h>

#include <map>

namespace {

using weft::config::substituted;

std::optional<std::string> variable(const char* name) {
  static const auto* const kVariables = new std::map<std::string, std::string>{
      {"TEXT", "value"},        {"NUMBER", "1.1"},        {"EMPTY", ""},
      {"LINES", "value\nk: v"}, {"REFERENCE", "${TEXT}"}, {"DOLLARS", "value$$"},
      {"_a1", "underscore"}};
  const auto found = kVariables->find(name);
  if (found == kVariables->end()) return std::nullopt;
  return found->second;
}

std::string of(std::string_view text) {
  std::string bad;
  return substituted(text, variable, bad).value_or("(bad: " + bad + ")");
}

struct Row {
  const char* input;
  const char* output;
};

// The specification's table of examples, and the borders of its grammar.
TEST(Substitution, Table) {
  constexpr Row kRows[] = {
      {"${TEXT}", "value"},
      {"${env:TEXT}", "value"},
      {"foo ${TEXT} ${NUMBER}", "foo value 1.1"},
      {"${LINES}", "value\nk: v"},
      {"${UNSET}", ""},
      {"${EMPTY}", ""},
      {"${UNSET:-fallback}", "fallback"},
      {"${EMPTY:-fallback}", "fallback"},
      {"${TEXT:-fallback}", "value"},
      {"${env:UNSET:-a b:-c}", "a b:-c"},
      {"${UNSET:-}", ""},
      {"${REFERENCE}", "${TEXT}"},
      {"${UNSET:-${TEXT}}", "${TEXT}"},
      {"$${TEXT}", "${TEXT}"},
      {"$$${TEXT}", "$value"},
      {"$$$${TEXT}", "$${TEXT}"},
      {"$${TEXT:-fallback}", "${TEXT:-fallback}"},
      {"$${TEXT:-${TEXT}}", "${TEXT:-value}"},
      {"${UNSET:-$${UNSET}}", "${UNSET:-${UNSET}}"},
      {"${DOLLARS}", "value$$"},
      {"a $$ b", "a $ b"},
      {"a $ b", "a $ b"},
      {"$", "$"},
      {"$$", "$"},
      {"${TEXT", "${TEXT"},
      {"{TEXT}", "{TEXT}"},
      {"${_a1}", "underscore"},
      {"", ""},
  };
  for (const Row& row : kRows) EXPECT_EQ(of(row.input), row.output) << row.input;
}

TEST(Substitution, RefusesAMalformedReference) {
  for (const char* text : {"${1TEXT}", "${TE$XT}", "${TEXT:?error}", "${}", "${sys:TEXT}",
                           "${env:}", "${TE XT}", "${:-x}"}) {
    EXPECT_EQ(of(text), std::string("(bad: ") + text + ")");
  }
}

}  // namespace
