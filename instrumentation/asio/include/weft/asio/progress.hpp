// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <weft/asio/library.hpp>
#include <weft/version.hpp>

// Whether an asio coroutine runs or waits. Asio has no public way to ask, so this looks at its
// frames, in the two layouts that there have been: a pointer to the innermost frame, which knows
// its thread only while it runs. docs/decisions/0012-asio.md says what that is needed for.

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail {

/// Names a specialisation that asio's own friend declarations let in.
struct Innermost {};

template <class Executor>
using FrameBase = net::detail::awaitable_frame_base<Executor>;
template <class Executor>
using AwaitableThread = net::detail::awaitable_thread<Executor>;

/// Protected members, seen as a derived class sees them.
template <class Executor>
struct FrameAccess : FrameBase<Executor> {
  static AwaitableThread<Executor>* attached(const FrameBase<Executor>& frame) {
    return frame.*(&FrameAccess::attached_thread_);
  }
};

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail

#if WEFT_ASIO_VERSION >= 101900

#if WEFT_ASIO_BOOST
namespace boost::asio::detail {
#else
namespace asio::detail {
#endif
template <>
class awaitable_thread<weft::asio::detail::Innermost> {
 public:
  template <class EntryFrame>
  static auto* frame(const EntryFrame& entry) {
    return entry.top_of_stack_;
  }
};
#if WEFT_ASIO_BOOST
}  // namespace boost::asio::detail
#else
}  // namespace asio::detail
#endif

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail {

/// From 1.19 on: the outermost frame, which stays where it is, points at the innermost.
template <class Executor>
class Progress {
 public:
  /// Called from a coroutine that has just stopped running, on its way to go on.
  template <class Target>
  void begin(FrameBase<Executor>* frame) {
    entry_ = FrameAccess<Executor>::attached(*frame)->entry_point();
  }
  void end() noexcept { entry_ = nullptr; }
  void moved_to(const void*) noexcept {}

  bool is_running() const {
    if (entry_ == nullptr) return false;
    const auto* innermost = AwaitableThread<Innermost>::frame(*entry_);
    return innermost != nullptr && FrameAccess<Executor>::attached(*innermost) != nullptr;
  }

 private:
  const net::detail::awaitable_frame<net::detail::awaitable_thread_entry_point, Executor>* entry_ =
      nullptr;
};

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail

#else

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail {

/// Before 1.19: an object that moves whenever the coroutine waits or goes on, with the coroutine's
/// executor inside. We are told when that executor moves, so we know where the object is.
template <class Executor>
class Progress {
 public:
  template <class Target>
  void begin(FrameBase<Executor>* frame) {
    AwaitableThread<Executor>* thread = FrameAccess<Executor>::attached(*frame);
    target_ = reinterpret_cast<const std::byte*>(
        ThreadAccess::executor(*thread).template target<Target>());
    // Elsewhere than inside: this any_io_executor keeps its target by reference.
    const auto* begin = reinterpret_cast<const std::byte*>(thread);
    offset_ = target_ - begin;
    if (offset_ < 0 || offset_ >= static_cast<std::ptrdiff_t>(sizeof *thread)) target_ = nullptr;
  }
  void end() noexcept { target_ = nullptr; }
  void moved_to(const void* target) noexcept {
    if (target_ != nullptr) target_ = static_cast<const std::byte*>(target);
  }

  bool is_running() const {
    if (target_ == nullptr) return false;
    const auto* thread = reinterpret_cast<const AwaitableThread<Executor>*>(target_ - offset_);
    const FrameBase<Executor>* innermost = ThreadAccess::innermost(*thread);
    return innermost != nullptr && FrameAccess<Executor>::attached(*innermost) == thread;
  }

 private:
  struct ThreadAccess : AwaitableThread<Executor> {
    static const Executor& executor(const AwaitableThread<Executor>& thread) {
      return thread.*(&ThreadAccess::executor_);
    }
    static const FrameBase<Executor>* innermost(const AwaitableThread<Executor>& thread) {
      return thread.*(&ThreadAccess::top_of_stack_);
    }
  };

  const std::byte* target_ = nullptr;
  std::ptrdiff_t offset_ = 0;
};

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE::detail

#endif
