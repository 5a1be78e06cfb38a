// SPDX-License-Identifier: Apache-2.0
#include <weft/id_generator.hpp>

#include <cstdint>
#include <cstring>

#include "platform/thread_data.hpp"

namespace weft::inline v0 {

IdGenerator::~IdGenerator() = default;

bool IdGenerator::random() const { return false; }

SpanId IdGenerator::span_id() {
  SpanId::Bytes bytes{};
  if (detail::ThreadData* thread = detail::thread_data()) {
    std::uint64_t id = 0;
    while (id == 0) id = thread->random.next();
    std::memcpy(bytes.data(), &id, sizeof id);
  }
  return SpanId(bytes);
}

}  // namespace weft::inline v0
