// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <weft/ids.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// Makes ids for new spans. Called from any thread, at once; ids must not be all zero.
class WEFT_API IdGenerator {
 public:
  virtual ~IdGenerator();
  virtual TraceId trace_id() = 0;
  virtual SpanId span_id();
  /// The right 7 bytes of every trace id are uniformly random: sets the W3C random flag on roots.
  virtual bool random() const;
};
using IdGeneratorPtr = std::shared_ptr<IdGenerator>;

}  // namespace weft::inline v0
