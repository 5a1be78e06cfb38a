// SPDX-License-Identifier: Apache-2.0
#include "tracer/resource_fields.hpp"

#include <weft/attributes.hpp>

#include "codec/field_reader.hpp"
#include "codec/wire.hpp"

namespace weft::inline v0::detail {

namespace {

void append_field(std::string& out, std::uint32_t tag, std::string_view bytes) {
  char text[20];
  char* end = codec::write_varint(codec::write_varint(text, tag), bytes.size());
  out.append(text, end);
  out.append(bytes);
}

}  // namespace

std::string encode_resource(const Resource& resource) {
  const Attributes encoded(resource.attributes());
  std::string message;
  codec::FieldReader reader(encoded.encoded());
  while (const auto attribute = reader.next()) {
    append_field(message, codec::common_field::resource_attributes, attribute->bytes);
  }
  std::string fields;
  append_field(fields, codec::tag(1, codec::kBytes), message);
  if (!resource.schema_url().empty()) {
    append_field(fields, codec::tag(3, codec::kBytes), resource.schema_url());
  }
  return fields;
}

std::string describe(const Drops& drops) {
  std::string text;
  const auto add = [&](const char* reason, std::uint64_t count) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text.append(reason).append(" ").append(std::to_string(count));
  };
  add("queue_full", drops.queue_full);
  add("rejected", drops.rejected);
  add("too_large", drops.too_large);
  add("retry_exhausted", drops.retry_exhausted);
  add("shutdown", drops.shutdown);
  add("fork", drops.fork);
  add("not_kept", drops.not_kept);
  add("disk", drops.disk);
  return text;
}

}  // namespace weft::inline v0::detail
