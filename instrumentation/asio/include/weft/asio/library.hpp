// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which Asio: the one whose headers came first, or else standalone Asio where it is found, or else
// Boost.Asio. WEFT_ASIO_BOOST=1 says Boost, WEFT_ASIO_BOOST=0 says standalone.
//
// Boost 1.74 uses std::exchange without its header where gcc has coroutines; both libraries know of
// clang's coroutines only by these macros.
#include <utility>

#if !defined(WEFT_ASIO_BOOST)
#if defined(ASIO_VERSION)
#define WEFT_ASIO_BOOST 0
#elif defined(BOOST_ASIO_VERSION)
#define WEFT_ASIO_BOOST 1
#elif __has_include(<asio.hpp>)
#define WEFT_ASIO_BOOST 0
#elif __has_include(<boost/asio.hpp>)
#define WEFT_ASIO_BOOST 1
#else
#error "<weft/asio.hpp> needs Asio; install it (Debian: libasio-dev, or libboost-dev)"
#endif
#endif

#if WEFT_ASIO_BOOST
#if defined(__clang__) && !defined(BOOST_ASIO_DETAIL_CONFIG_HPP)
#if !defined(BOOST_ASIO_HAS_CO_AWAIT)
#define BOOST_ASIO_HAS_CO_AWAIT 1
#endif
#if !defined(BOOST_ASIO_HAS_STD_COROUTINE)
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#endif
#endif
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/version.hpp>
#define WEFT_ASIO_VERSION BOOST_ASIO_VERSION
#if WEFT_ASIO_VERSION >= 101900
#include <boost/asio/associated_cancellation_slot.hpp>
#endif
#if !defined(BOOST_ASIO_HAS_CO_AWAIT)
#error "Boost.Asio was included before the macros for clang; link weft::asio, or include us first"
#endif
#else
#if defined(__clang__) && !defined(ASIO_DETAIL_CONFIG_HPP)
#if !defined(ASIO_HAS_CO_AWAIT)
#define ASIO_HAS_CO_AWAIT 1
#endif
#if !defined(ASIO_HAS_STD_COROUTINE)
#define ASIO_HAS_STD_COROUTINE 1
#endif
#endif
#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/defer.hpp>
#include <asio/dispatch.hpp>
#include <asio/execution.hpp>
#include <asio/execution_context.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>
#include <asio/require.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/version.hpp>
#define WEFT_ASIO_VERSION ASIO_VERSION
#if WEFT_ASIO_VERSION >= 101900
#include <asio/associated_cancellation_slot.hpp>
#endif
#if !defined(ASIO_HAS_CO_AWAIT)
#error "Asio was included before the macros for clang; link weft::asio, or include us first"
#endif
#endif

#include <weft/version.hpp>

// What is made for one library has other names than what is made for the other: one program may
// use both.
#if WEFT_ASIO_BOOST
#define WEFT_ASIO_INLINE_NAMESPACE with_boost
#else
#define WEFT_ASIO_INLINE_NAMESPACE standalone
#endif

namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE {

#if WEFT_ASIO_BOOST
namespace net = ::boost::asio;
#else
namespace net = ::asio;
#endif

}  // namespace weft::inline v0::asio::inline WEFT_ASIO_INLINE_NAMESPACE
