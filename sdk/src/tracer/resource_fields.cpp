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

// Each attribute as a field of that tag.
std::string encode_each(const Attributes& attributes, std::uint32_t tag) {
  std::string fields;
  codec::FieldReader reader(attributes.encoded());
  while (const auto attribute = reader.next()) append_field(fields, tag, attribute->bytes);
  return fields;
}

// The field `resource`, which ResourceSpans and ProcessContext both have as their first.
std::string encode_resource_field(const Resource& resource) {
  std::string field;
  append_field(
      field, codec::tag(1, codec::kBytes),
      encode_each(Attributes(resource.attributes()), codec::common_field::resource_attributes));
  return field;
}

}  // namespace

std::string encode_resource(const Resource& resource) {
  std::string fields = encode_resource_field(resource);
  if (!resource.schema_url().empty()) {
    append_field(fields, codec::tag(3, codec::kBytes), resource.schema_url());
  }
  return fields;
}

std::string encode_process_context(const Resource& resource) {
  const Attributes schema{{"threadlocal.schema_version", "tlsdesc_v1_dev"},
                          {"threadlocal.attribute_key_map", std::vector<std::string>()}};
  return encode_resource_field(resource) + encode_each(schema, codec::tag(2, codec::kBytes));
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
