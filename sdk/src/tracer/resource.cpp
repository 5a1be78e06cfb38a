// SPDX-License-Identifier: Apache-2.0
#include <weft/resource.hpp>

#include <algorithm>

namespace weft::inline v0 {

namespace {

void put(std::vector<Attribute>& attributes, Attribute attribute) {
  const auto same = std::find_if(attributes.begin(), attributes.end(),
                                 [&](const Attribute& one) { return one.key == attribute.key; });
  if (same != attributes.end()) {
    same->value = std::move(attribute.value);
  } else {
    attributes.push_back(std::move(attribute));
  }
}

}  // namespace

// One by one, since a set of attributes moves a key that is set again to its end.
Resource::Resource(std::initializer_list<AttributeView> attributes, std::string schema_url)
    : schema_url_(std::move(schema_url)) {
  for (const AttributeView& given : attributes) {
    for (Attribute& attribute : Attributes({given}).to_vector()) {
      put(attributes_, std::move(attribute));
    }
  }
}

Resource::Resource(const Attributes& attributes, std::string schema_url)
    : attributes_(attributes.to_vector()), schema_url_(std::move(schema_url)) {}

// OpenTelemetry Resource SDK, "Merge".
Resource Resource::merge(const Resource& updating) const {
  Resource merged = *this;
  for (const Attribute& attribute : updating.attributes_) put(merged.attributes_, attribute);
  if (schema_url_.empty()) {
    merged.schema_url_ = updating.schema_url_;
  } else if (!updating.schema_url_.empty() && updating.schema_url_ != schema_url_) {
    merged.schema_url_.clear();
  }
  return merged;
}

const AttributeValue* Resource::find(std::string_view key) const {
  const auto found = std::find_if(attributes_.begin(), attributes_.end(),
                                  [&](const Attribute& one) { return one.key == key; });
  return found != attributes_.end() ? &found->value : nullptr;
}

}  // namespace weft::inline v0
