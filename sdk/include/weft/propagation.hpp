// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <weft/context.hpp>
#include <weft/span_context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {

/// A carrier's address without its type. A function has one too.
template <class C>
void* erased_address(C& carrier) noexcept {
  if constexpr (std::is_function_v<C>) {
    return reinterpret_cast<void*>(&carrier);
  } else {
    return const_cast<void*>(static_cast<const volatile void*>(std::addressof(carrier)));
  }
}
template <class C>
C& carrier_at(const void* erased) noexcept {
  void* address = const_cast<void*>(erased);
  if constexpr (std::is_function_v<C>) {
    return *reinterpret_cast<C*>(address);
  } else {
    return *static_cast<C*>(address);
  }
}

}  // namespace detail

/// Where `inject` writes: a reference to a carrier of any type, valid during the call.
class CarrierWriter {
 public:
  /// Of any carrier that `inject` takes: `propagator.inject(context, headers)`.
  template <class C>
    requires(!std::same_as<std::remove_const_t<C>, CarrierWriter>)
  CarrierWriter(C& carrier) noexcept;
  template <class C>
  CarrierWriter(C& its_carrier,
                void (*its_write)(void*, std::string_view, std::string_view)) noexcept
      : carrier_(detail::erased_address(its_carrier)), write_(its_write) {}
  /// Replaces the header `name` (any case), or adds it. Throws what the carrier throws.
  void set(std::string_view name, std::string_view value) const { write_(carrier_, name, value); }

 private:
  void* carrier_;
  void (*write_)(void*, std::string_view, std::string_view);
};

/// Where `extract` reads: a reference to a carrier of any type, valid during the call.
class CarrierReader {
 public:
  using Names = std::span<const std::string_view>;
  using Visit = void (*)(void* state, std::size_t index, std::string_view name,
                         std::string_view value);
  /// Of any carrier that `extract` takes: `propagator.extract(headers, context)`.
  template <class C>
    requires(!std::same_as<std::remove_const_t<C>, CarrierReader>)
  CarrierReader(C& carrier) noexcept;
  template <class C>
  CarrierReader(C& its_carrier, void (*its_each)(const void*, Names, void*, Visit)) noexcept
      : carrier_(detail::erased_address(its_carrier)), each_(its_each) {}

  /// Calls `visit(name, value)` for every header called `name` (any case), in order. An empty
  /// `name` means every header, where the carrier can list them (a callable can if it has
  /// `keys()`). Both texts are good during that call of `visit` only: a carrier may make them as it
  /// is asked.
  template <class F>
  void for_each(std::string_view name, F&& visit) const {
    each_(carrier_, Names(&name, 1), &visit,
          [](void* its_state, std::size_t, std::string_view its_key, std::string_view its_value) {
            (*static_cast<std::remove_reference_t<F>*>(its_state))(its_key, its_value);
          });
  }
  /// Calls `visit(index, value)` for every header that is called as one of `names` (any case),
  /// which has that index: one walk over the carrier instead of several.
  template <class F>
  void for_each_of(Names names, F&& visit) const {
    each_(carrier_, names, &visit,
          [](void* its_state, std::size_t its_index, std::string_view, std::string_view its_value) {
            (*static_cast<std::remove_reference_t<F>*>(its_state))(its_index, its_value);
          });
  }
  /// The first value of `name`; good as long as the carrier keeps it.
  std::optional<std::string_view> get(std::string_view name) const {
    std::optional<std::string_view> first;
    for_each(name, [&](std::string_view, std::string_view value) {
      if (!first) first = value;
    });
    return first;
  }

 private:
  const void* carrier_;
  void (*each_)(const void*, Names, void*, Visit);
};

/// Carries a context between processes as text headers. Stateless; every call is safe from any
/// thread. User-written ones derive from this and need no `noexcept`: what they throw is caught and
/// counted (`Stats::user_exceptions`), and the others go on. OpenTelemetry TextMapPropagator.
class WEFT_API TextMapPropagator {
 public:
  virtual ~TextMapPropagator();
  /// Writes what `context` holds; writes nothing when there is nothing to say.
  virtual void inject(const Context& context, const CarrierWriter& carrier) const = 0;
  /// The same for the current context; override it to save the copy that this one makes.
  virtual void inject_current(const CarrierWriter& carrier) const;
  /// Adds to `context`, which must not be entered, what the carrier says. Bad input adds nothing
  /// and never throws.
  virtual void extract(const CarrierReader& carrier, Context& context) const = 0;
  /// The headers that `inject` writes: what to clear in a carrier that is used again.
  virtual std::vector<std::string> fields() const = 0;
};
using PropagatorPtr = std::shared_ptr<TextMapPropagator>;

/// Makes `propagator` the one that `inject` and `extract` use (`init` does this); null for the
/// default: W3C trace context and baggage. Safe while other threads inject and extract; therefore
/// what was set before is kept to the end of the process.
WEFT_API void set_global_propagator(PropagatorPtr propagator);

namespace detail {

/// Several propagators as the global ones, run in order; none at all for an empty list.
WEFT_API void set_global_propagators(std::vector<PropagatorPtr> propagators);
/// The global ones, for the life of the process; null for the default.
WEFT_API const std::vector<PropagatorPtr>* global_propagators() noexcept;

/// The global propagators' calls; the default ones are in weft::propagators.
WEFT_API void inject_globally(const CarrierWriter& carrier);
WEFT_API void inject_globally(const Context& context, const CarrierWriter& carrier);
WEFT_API void extract_globally(const CarrierReader& carrier, Context& context) noexcept;
/// A user's propagator or carrier threw: counted, and told as `what`.
WEFT_API void propagation_threw(const char* what) noexcept;

/// The current span, null when there is none. Good until this thread's current span changes.
WEFT_API const SpanContext* current_span_context() noexcept;

/// The same name, whatever the case. Precondition: of the same length.
WEFT_API bool same_letters(const char* a, const char* b, std::size_t size) noexcept;

inline bool same_header(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && same_letters(a.data(), b.data(), a.size());
}

template <class C>
concept WritableByView = std::invocable<C&, std::string_view, std::string_view>;
template <class C>
concept WritableByCall = WritableByView<C> || std::invocable<C&, std::string, std::string>;

/// What a reading callable may return: text, an optional of it, or a pointer to it.
template <class V>
concept HeaderText = std::convertible_to<const V&, std::string_view> ||
                     std::convertible_to<const V&, std::optional<std::string_view>> ||
                     (std::is_pointer_v<V> && requires(V text) {
                       { *text } -> std::convertible_to<std::string_view>;
                     });
template <class C, class Name>
concept ReadableWith =
    std::invocable<C&, Name> && HeaderText<std::remove_cvref_t<std::invoke_result_t<C&, Name>>>;
template <class C>
concept ReadableByCall = ReadableWith<C, std::string_view> || ReadableWith<C, std::string>;

/// A callable that can also list its headers' names.
template <class C>
concept KeyLister = requires(C& carrier) {
  requires std::ranges::input_range<decltype(carrier.keys())>;
  requires std::convertible_to<std::ranges::range_reference_t<decltype(carrier.keys())>,
                               std::string_view>;
};

template <class C>
concept MapLike = requires { typename C::mapped_type; };

template <class C>
concept PairRange =
    std::ranges::input_range<C&> && requires(std::ranges::range_reference_t<C&> header) {
      { header.first } -> std::convertible_to<std::string_view>;
      { header.second } -> std::convertible_to<std::string_view>;
    };

/// Its headers own their text: what is written there outlives the call.
template <class C>
concept OwningPairRange =
    PairRange<C> && std::constructible_from<typename C::value_type, std::string, std::string> &&
    !std::is_trivially_destructible_v<decltype(std::declval<typename C::value_type&>().second)> &&
    requires(C& carrier) { carrier.erase(carrier.begin()); };

template <class C>
void add_header(C& carrier, std::string_view name, std::string_view value) {
  if constexpr (MapLike<C>) {
    carrier.emplace(std::string(name), std::string(value));
  } else {
    carrier.emplace_back(std::string(name), std::string(value));
  }
}

// A header that is spelled as we spell it keeps its place and its memory.
template <class C>
void replace_header(C& carrier, std::string_view name, std::string_view value) {
  bool written = false;
  for (auto it = carrier.begin(); it != carrier.end();) {
    const std::string_view key = it->first;
    if (!same_header(key, name)) {
      ++it;
    } else if (!written && key == name) {
      it->second = value;
      written = true;
      ++it;
    } else {
      it = carrier.erase(it);
    }
  }
  if (!written) add_header(carrier, name, value);
}

template <class C>
void write_header(void* erased, std::string_view name, std::string_view value) {
  C& carrier = carrier_at<C>(erased);
  if constexpr (WritableByView<C>) {
    std::invoke(carrier, name, value);
  } else if constexpr (WritableByCall<C>) {
    std::invoke(carrier, std::string(name), std::string(value));
  } else {
    replace_header(carrier, name, value);
  }
}

template <HeaderText V>
std::optional<std::string_view> found_text(const V& value) {
  if constexpr (std::is_pointer_v<V>) {
    if (value == nullptr) return std::nullopt;
    if constexpr (std::convertible_to<V, std::string_view>) {
      return std::string_view(value);
    } else {
      return std::string_view(*value);
    }
  } else {
    return std::optional<std::string_view>(value);
  }
}

template <class C>
void read_by_call(C& carrier, std::size_t index, std::string_view name, void* state,
                  CarrierReader::Visit visit) {
  using Name = std::conditional_t<ReadableWith<C, std::string_view>, std::string_view, std::string>;
  auto&& value = std::invoke(carrier, Name(name));
  if (const auto text = found_text(value)) visit(state, index, name, *text);
}

template <class C>
void read_all_by_call(C& carrier, std::size_t index, void* state, CarrierReader::Visit visit) {
  if constexpr (KeyLister<C>) {
    for (auto&& key : carrier.keys()) read_by_call(carrier, index, key, state, visit);
  }
}

template <class C>
void read_headers(const void* erased, CarrierReader::Names names, void* state,
                  CarrierReader::Visit visit) {
  C& carrier = carrier_at<C>(erased);
  if constexpr (ReadableByCall<C>) {
    for (std::size_t index = 0; index < names.size(); ++index) {
      if (names[index].empty()) {
        read_all_by_call(carrier, index, state, visit);
      } else {
        read_by_call(carrier, index, names[index], state, visit);
      }
    }
  } else {
    for (auto&& header : carrier) {
      const std::string_view key = header.first;
      for (std::size_t index = 0; index < names.size(); ++index) {
        if (!names[index].empty() && !same_header(key, names[index])) continue;
        visit(state, index, key, header.second);
      }
    }
  }
}

}  // namespace detail

/// Anything that headers can be written to: a map-like of strings, a vector of pairs of strings,
/// `httplib::Headers`, or a callable `(name, value)`.
template <class C>
concept WritableCarrier = detail::WritableByCall<C> || detail::OwningPairRange<C>;
/// Anything that headers can be read from: the same, or a callable `name → optional<string_view>`
/// (or text, or a pointer to it that may be null), which may have `keys()`, a range of names.
template <class C>
concept ReadableCarrier = detail::ReadableByCall<C> || detail::PairRange<C>;

template <class C>
  requires(!std::same_as<std::remove_const_t<C>, CarrierWriter>)
CarrierWriter::CarrierWriter(C& carrier) noexcept
    : CarrierWriter(carrier, &detail::write_header<C>) {
  static_assert(WritableCarrier<C>, "no carrier that headers can be written to");
}
template <class C>
  requires(!std::same_as<std::remove_const_t<C>, CarrierReader>)
CarrierReader::CarrierReader(C& carrier) noexcept
    : CarrierReader(carrier, &detail::read_headers<C>) {
  static_assert(ReadableCarrier<C>, "no carrier that headers can be read from");
}

/// Writes the context's span and baggage into `carrier`, replacing headers of the same name (any
/// case). With only a remote span current it forwards that unchanged; with none it writes nothing.
/// Never throws: what the carrier, or a user's propagator, throws is counted
/// (`Stats::user_exceptions`) and told to `on_error`; headers that were written before stay. A
/// carrier whose failure the caller must know notes it where it throws.
template <class C>
  requires WritableCarrier<std::remove_reference_t<C>>
void inject(C&& carrier, const Context& context) noexcept {
  using Carrier = std::remove_reference_t<C>;
  try {
    detail::inject_globally(context, CarrierWriter(carrier, &detail::write_header<Carrier>));
  } catch (...) {
    detail::propagation_threw("weft::inject: the carrier threw");
  }
}
/// … of the current context.
template <class C>
  requires WritableCarrier<std::remove_reference_t<C>>
void inject(C&& carrier) noexcept {
  using Carrier = std::remove_reference_t<C>;
  try {
    detail::inject_globally(CarrierWriter(carrier, &detail::write_header<Carrier>));
  } catch (...) {
    detail::propagation_threw("weft::inject: the carrier threw");
  }
}

/// A Context that holds what the headers carry, and nothing else: a remote span, baggage. Header
/// names are compared without case; a repeated `traceparent` is none. Never throws: what the
/// carrier throws is counted; bad input yields nothing of that header, never a half-read one.
template <class C>
  requires ReadableCarrier<std::remove_reference_t<C>>
Context extract(C&& carrier) {
  using Carrier = std::remove_reference_t<C>;
  Context context;
  detail::extract_globally(CarrierReader(carrier, &detail::read_headers<Carrier>), context);
  return context;
}

}  // namespace weft::inline v0
