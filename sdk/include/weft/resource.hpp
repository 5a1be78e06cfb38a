// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/attribute_value.hpp>
#include <weft/attributes.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// What produces the spans: service, process, host. A plain value; keys are unique, the order is
/// that of their first appearance. OpenTelemetry Resource SDK.
class WEFT_API Resource {
 public:
  Resource() = default;
  Resource(std::initializer_list<AttributeView> attributes, std::string schema_url = "");
  template <detail::AttributeRange R>
    requires(!std::same_as<std::remove_cvref_t<R>, Resource> &&
             !std::same_as<std::remove_cvref_t<R>, Attributes>)
  Resource(R&& attributes, std::string schema_url = "")
      : Resource(Attributes(std::forward<R>(attributes)), std::move(schema_url)) {}
  Resource(const Attributes& attributes, std::string schema_url = "");

  /// This resource with `updating` laid over it: its values win key by key. Two different schema
  /// URLs leave none.
  [[nodiscard]] Resource merge(const Resource& updating) const;
  /// The value of `key` or null; lives as long as this object is unchanged.
  const AttributeValue* find(std::string_view key) const;

  const std::vector<Attribute>& attributes() const noexcept { return attributes_; }
  const std::string& schema_url() const noexcept { return schema_url_; }
  bool empty() const noexcept { return attributes_.empty(); }

 private:
  std::vector<Attribute> attributes_;
  std::string schema_url_;
};

}  // namespace weft::inline v0
