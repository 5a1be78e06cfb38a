// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <weft/weft.hpp>

/// The spans that are measured, and the telemetry they go through: the batch processor with its
/// defaults (a queue of 2048, batches of 512) and an exporter that drops what it gets.
namespace spans {

inline constexpr weft::Tracer kTracer{"benchmark", "1.0.0"};

// For `->Setup(…)` and `->Teardown(…)`: outside the benchmark's threads and its clock.
void start_recording(const benchmark::State& state);
/// Without what profilers outside the process read.
void start_recording_unseen(const benchmark::State& state);
/// Nobody drains them before the burst has ended: no thread but those that are measured.
void start_recording_alone(const benchmark::State& state);
void start_spooled(const benchmark::State& state);
void start_unsampled(const benchmark::State& state);
/// Recorded, and let go at the end of its trace: it is neither slow nor failed.
void start_keeping_slow_and_failed(const benchmark::State& state);
void stop(const benchmark::State& state);

// One span each, current while it is open.
void with_4_attributes();
void with_4_attributes_at_start();
void bare();
/// Two: a bare one around one with 4 attributes, as a handler and what it calls.
void parent_and_child();

/// Runs `work` again and again, in bursts (bursts.hpp) or without a rest. Reports allocations of
/// all threads, the spans that were dropped and, with one thread, what the threads of ours took of
/// the CPU for each span.
void measure(benchmark::State& state, void (*work)());
void measure_without_rest(benchmark::State& state, void (*work)());

}  // namespace spans
