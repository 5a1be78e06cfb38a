// SPDX-License-Identifier: Apache-2.0
// Which tracers a file turns off, by their names.
#include <gtest/gtest.h>

#include "config/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::FileCase;
using weft::testing::provider;

constexpr const char* kKey = "  tracer_configurator/development:\n";

/// A file whose tracer provider has that tracer configurator, indented by four; it begins in
/// line 4.
FileCase configurator(const std::string& text) { return provider(kKey + text); }

/// Which tracers the telemetry of such a file lets record.
class FileTracers : public testing::Test {
 protected:
  void start(const std::string& text) {
    const FileCase file = configurator(text);
    EXPECT_EQ(file.error(), FileCase::kNoError);
    weft::Options options;
    options.file = file.configured;
    recorded.emplace(std::move(options));
  }
  static bool is_enabled(const char* name) { return weft::make_tracer(name).enabled(); }
  std::optional<weft::testing::Recorded> recorded;
};

TEST_F(FileTracers, AreTurnedOffByName) {
  start("    tracers: [{name: noisy, config: {disabled: true}}]\n");
  EXPECT_FALSE(is_enabled("noisy"));
  EXPECT_TRUE(is_enabled("noisy.cache"));
}

TEST_F(FileTracers, AreNamedByPatterns) {
  start("    tracers: [{name: 'io.?ttp.*', config: {disabled: true}}]\n");
  EXPECT_FALSE(is_enabled("io.http.client"));
  EXPECT_TRUE(is_enabled("io.grpc.client"));
}

TEST_F(FileTracers, TakeTheFirstThatMatches) {
  start(
      "    tracers:\n      - {name: 'db.main', config: {disabled: false}}\n"
      "      - {name: 'db.*', config: {disabled: true}}\n");
  EXPECT_TRUE(is_enabled("db.main"));
  EXPECT_FALSE(is_enabled("db.other"));
}

TEST_F(FileTracers, TakeTheDefaultWhereNothingMatches) {
  start(
      "    default_config: {disabled: true}\n"
      "    tracers: [{name: mine, config: {disabled: false}}]\n");
  EXPECT_TRUE(is_enabled("mine"));
  EXPECT_FALSE(is_enabled("other"));
}

TEST_F(FileTracers, AreEnabledByTheNewerSpellingToo) {
  start(
      "    default_config: {enabled: false}\n    tracers: [{name: mine, config: {enabled: "
      "true}}]\n");
  EXPECT_TRUE(is_enabled("mine"));
  EXPECT_FALSE(is_enabled("other"));
}

TEST_F(FileTracers, AreEnabledWhereAConfigSaysNothing) {
  start(
      "    default_config: {disabled: true}\n    tracers: [{name: a, config: }, {name: b, config: "
      "{}}]\n");
  EXPECT_TRUE(is_enabled("a"));
  EXPECT_TRUE(is_enabled("b"));
}

TEST_F(FileTracers, YieldToCode) {
  const FileCase file = configurator("    default_config: {disabled: true}\n");
  weft::Options options;
  options.file = file.configured;
  options.tracer_configurator = [](const weft::Scope&) { return weft::TracerConfig{}; };
  recorded.emplace(std::move(options));
  EXPECT_TRUE(is_enabled("any"));
}

TEST_F(FileTracers, AreInTheEffectiveConfiguration) {
  start(
      "    default_config: {disabled: true}\n"
      "    tracers: [{name: 'db.*', config: {disabled: false}}]\n");
  const std::string text = recorded->telemetry().effective_config();
  EXPECT_NE(
      text.find("tracer_configurator = db.*: enabled, others: disabled (file: weft.yaml:4)\n"),
      std::string::npos)
      << text;
}

TEST(FileTracerRules, RefuseWhatIsNoBoolean) {
  EXPECT_EQ(configurator("    default_config: {disabled: maybe}\n").error(),
            "weft.yaml:4: tracer_provider.tracer_configurator/development.default_config.disabled="
            "\"maybe\" is neither true nor false; the tracer is enabled");
}

TEST(FileTracerRules, WithoutANameAreLeftOutAndSaid) {
  EXPECT_EQ(configurator("    tracers: [{config: {disabled: true}}]\n").error(),
            "weft.yaml:4: tracer_provider.tracer_configurator/development.tracers[0] has no name "
            "or no config; it is left out");
}

TEST(FileTracerRules, WithoutAConfigAreLeftOutAndSaid) {
  EXPECT_EQ(configurator("    tracers: [{name: noisy}]\n").error(),
            "weft.yaml:4: tracer_provider.tracer_configurator/development.tracers[0] has no name "
            "or no config; it is left out");
}

TEST(FileTracerRules, SaidInBothSpellingsTakeTheNewer) {
  EXPECT_EQ(configurator("    default_config: {enabled: true, disabled: true}\n").error(),
            "weft.yaml:4: tracer_provider.tracer_configurator/development.default_config.disabled="
            "\"true\" stands beside `enabled`; it is ignored");
}

TEST(FileTracerRules, TellAKeyThatIsNotKnown) {
  EXPECT_EQ(configurator("    default: {disabled: true}\n").error(),
            "weft.yaml:4: tracer_provider.tracer_configurator/development.default is not known "
            "here; it is ignored");
}

}  // namespace
