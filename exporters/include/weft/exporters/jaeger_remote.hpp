// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include <weft/exporters/transport_options.hpp>
#include <weft/sampler.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::samplers {

/// Whom `jaeger_remote` asks, and what it does until the first answer. What cannot be used is
/// reported, and the default is used.
struct JaegerRemoteOptions {
  /// With a path: the HTTP service. Without one, as http://localhost:14250 (Jaeger 2: 5779): the
  /// gRPC service, jaeger.api_v2.SamplingManager.
  std::string endpoint = "http://localhost:5778/sampling";
  std::string service_name{};  ///< empty: the resource's `service.name`
  std::chrono::milliseconds polling_interval{60000};
  SamplerPtr initial_sampler{};  ///< null: `probability(0.001)`
  exporters::TlsOptions tls{};
};

/// Samples roots as Jaeger (or an OpenTelemetry Collector with its extension) says for this
/// service: by probability, at a rate, or by span name with a guaranteed least rate; spans with a
/// parent follow it. What it samples carries `sampler.type` and `sampler.param`, from which
/// Jaeger's adaptive sampling learns. It is asked again and again, from a thread that the first
/// root starts; while there is no answer the last good strategy stays in force. Decisions are
/// lock-free. A forked child asks for itself.
WEFT_API SamplerPtr jaeger_remote(JaegerRemoteOptions options = {});

}  // namespace weft::inline v0::samplers
