// SPDX-License-Identifier: Apache-2.0
// The child of a fork forgets what it inherited: it neither hangs nor exports the parent's spans.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

// Runs `body` in a child; true when that returned true in time.
template <class Body>
bool in_child(Body&& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Fork, TheChildDoesNotHangOnThreadsItDoesNotHave) {
  const auto exporter = std::make_shared<RecordingExporter>();
  exporter->block();  // a lock or a thread's state may be anything at the fork
  const Stage stage({exporter});
  stage.end_spans(600);
  ASSERT_TRUE(exporter->wait_for(512));
  EXPECT_TRUE(in_child([&] {
    stage->abandon_in_child();
    stage.end_span();
    return stage->force_flush(far_away()) && stage->run_once(far_away()) == 0 &&
           stage->shutdown(far_away());
  }));
  exporter->release();
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(exporter->spans(), 600U);
}

TEST(Fork, TheChildExportsNothingOfTheParents) {
  const auto exporter = std::make_shared<RecordingExporter>();
  const Stage stage({exporter}, Stage::threadless());
  stage.end_spans(3);
  EXPECT_TRUE(in_child([&] {
    stage->abandon_in_child();
    stage->force_flush(far_away());
    stage->shutdown(far_away());
    return exporter->spans() == 0;
  }));
  EXPECT_TRUE(stage->force_flush(far_away()));
  EXPECT_EQ(exporter->spans(), 3U);
}

TEST(Fork, TheChildMayHaveAPipelineOfItsOwn) {
  const auto parents = std::make_shared<RecordingExporter>();
  const Stage stage({parents}, Stage::threadless());
  stage.end_spans(3);
  EXPECT_TRUE(in_child([&] {
    stage->abandon_in_child();
    const auto own = std::make_shared<RecordingExporter>();
    const Stage fresh({own}, Stage::threadless());
    fresh.end_spans(2);
    return fresh->force_flush(far_away()) && own->spans() == 2 && parents->spans() == 0;
  }));
}

}  // namespace
}  // namespace weft::testing
