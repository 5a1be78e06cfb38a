// SPDX-License-Identifier: Apache-2.0
#include "processor/recovery.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <span>
#include <utility>

#include "platform/error_reporter.hpp"
#include "platform/held_reports.hpp"

namespace weft::inline v0::detail {

namespace {

// So many files a step tries: who drives it has a deadline.
constexpr int kTriedAtOnce = 50;
constexpr std::size_t kReadAsOne = std::size_t{1} << 20U;  // of a large one so many bytes are one

// What one exporter has delivered waits so long for the others.
constexpr std::chrono::seconds kPatience{1};

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what;
}

}  // namespace

void Recovery::start(const WorkerOptions& options) noexcept {
  const HeldReports held;
  const std::lock_guard lock(threading_);
  start_thread(options);
}

void Recovery::start_thread(const WorkerOptions& options) noexcept {
  is_threaded_.store(
      thread_.start(options, "weft-recovery", [self = shared_from_this()] { self->run(); }),
      std::memory_order_release);
}

void Recovery::run() noexcept {
  const bool is_alone = lanes_.size() == 1;
  while (step()) {
    if (has_more_) continue;
    doorbell_.wait(is_alone ? Deadline::max() : std::chrono::steady_clock::now() + kPatience);
  }
}

// It is done when all was told: who waits for it knows of everything then.
bool Recovery::step() noexcept {
  HeldReports held;
  const Step made = step_once();
  if (made == Step::ends) teller_.store(std::this_thread::get_id());
  held.tell();
  for (const auto& lane : lanes_) lane->tell_of_shed();
  if (made == Step::ends) {
    teller_.store(std::thread::id());
    is_done_.store(true, std::memory_order_release);
    tell();
  }
  return made == Step::goes_on;
}

Recovery::Step Recovery::step_once() noexcept {
  const std::lock_guard lock(mutex_);
  if (has_ended_ || is_done()) return Step::has_ended;
  try {
    if (!is_ending_) {
      if (step_locked()) return Step::goes_on;
      begin_ending();
    }
    if (look_further()) return Step::goes_on;
  } catch (const std::exception& exception) {
    error_reporter().report(ErrorCode::resource_exhausted, [&] {
      return std::string("spool_dir: recovery stopped: ") + exception.what() +
             "; the files stay for a later process";
    });
  }
  end();
  return Step::ends;
}

bool Recovery::step_locked() {
  has_more_ = false;
  if (!is_listed_ && !stopping_.load(std::memory_order_acquire) && list_more()) return true;
  if (sending_ != nullptr) {
    if (!is_answered(*sending_) && !passes_over_silent_ones()) return true;
    if (!settle()) return false;
  }
  for (int tried = 0; !stopping_.load(std::memory_order_acquire);) {
    if (file_ == nullptr && is_file_held()) return true;
    if (file_ == nullptr && left_.empty()) return false;
    if (file_ == nullptr) {
      has_more_ = tried++ >= kTriedAtOnce;
      if (has_more_) return true;
      if (!open_next()) continue;
    }
    if (next_ < file_->spans().size()) {
      submit_batch();
      return true;
    }
    if (is_own_) own_lost_ += file_->lost();
    file_->remove();
    tried += static_cast<int>(file_->bytes_read() / kReadAsOne);
    file_.reset();
  }
  return false;
}

// Sending is tried first, but a folder of processes that all die before they know must end, too.
bool Recovery::list_more() {
  if (!std::exchange(has_begun_, true)) left_.begin(2 * limits_.dead_bytes);
  is_listed_ = !look_further();
  return !is_listed_;
}

// The caller's time is up where a shutdown drives it.
bool Recovery::look_further() {
  const bool is_late = stopping_.load(std::memory_order_acquire) && !is_threaded();
  has_more_ = !is_late && left_.look();
  trouble_.made_room += left_.take_made_room();
  return has_more_;
}

// False: it is passed over.
bool Recovery::open_next() {
  const std::filesystem::path path = folder_ / left_.take_oldest();
  // By name, not by what the file says: before an `exec` this process was the same one.
  is_own_ = overflow_ != nullptr && overflow_->release(path);
  std::unique_ptr<DeadFile> file;
  std::string why;
  const Claim claim = DeadFile::claim(path, false, file, why);
  if (claim != Claim::claimed) {
    note(claim, path, why);
    return false;
  }
  // This process's own go by the age of their segment.
  if (!is_own_) trouble_.too_old += file->drop_older(limits_.dead_age);
  file_ = std::move(file);
  next_ = 0;
  if (!is_own_) trouble_.lost += file_->lost();
  trouble_.repaired += file_->repaired();
  return true;
}

void Recovery::note(Claim claim, const std::filesystem::path& path, const std::string& why) {
  if (claim == Claim::in_use || claim == Claim::gone) return;
  if (claim == Claim::damaged) {
    ++trouble_.damaged_files;
    put_damaged_aside(path);
  } else {
    ++(claim == Claim::other_version ? trouble_.other_versions : trouble_.unreadable_files);
  }
  if (trouble_.example.empty()) trouble_.example = path.filename().string() + " " + why;
}

void Recovery::submit_batch() {
  auto sending = std::make_shared<Sending>();
  const std::size_t size = std::min(batch_size_, file_->spans().size() - next_);
  const auto first = file_->spans().begin() + static_cast<std::ptrdiff_t>(next_);
  sending->records.assign(first, first + static_cast<std::ptrdiff_t>(size));
  sending->file = file_;
  sending->begun = limits_.now();
  sending->owes = passed_over_;
  sending->owes.flip();
  const std::vector<bool> takers = sending->owes;
  sending->holders = static_cast<std::size_t>(std::ranges::count(takers, true));
  trouble_.passed_over += size * (lanes_.size() - sending->holders);
  sending_ = sending;
  next_ += size;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (!takers[i]) continue;
    lanes_[i]->submit(SharedBatch({sending, &sending->records}),
                      [self = shared_from_this(), sending, i](const Outcome& outcome) {
                        self->answer(*sending, i, outcome);
                      });
  }
  submitted_.fetch_add(1, std::memory_order_relaxed);
}

void Recovery::answer(Sending& sending, std::size_t lane, const Outcome& outcome) noexcept {
  {
    const std::lock_guard lock(sending.mutex);
    sending.accepted = std::max(sending.accepted, outcome.accepted);
    if (outcome.reason != GiveUp::queue_full) sending.reason = outcome.reason;
    sending.owes[lane] = false;
    // Under the lock: who sees the last answer may take the next file, and there is one at a time.
    if (--sending.holders == 0) sending.file.reset();
  }
  doorbell_.ring();
  tell();
}

bool Recovery::is_answered(Sending& sending) noexcept {
  const std::lock_guard lock(sending.mutex);
  return sending.holders == 0;
}

// True: one has delivered the batch, and those that say nothing give it up and get no other one.
// Without it each batch would wait until a dead exporter gives up by itself.
bool Recovery::passes_over_silent_ones() {
  std::vector<bool> silent;
  {
    const std::lock_guard lock(sending_->mutex);
    if (sending_->accepted < sending_->records.size()) return false;
    if (limits_.now() - sending_->begun < kPatience) return false;
    silent = sending_->owes;
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (silent[i]) passed_over_[i] = true;
  }
  if (!is_given_up(sending_)) held_.push_back(sending_);  // one is reading it just now
  return true;
}

// Nobody holds it any more.
bool Recovery::is_given_up(const std::shared_ptr<Sending>& sending) noexcept {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (passed_over_[i]) lanes_[i]->shed(SharedBatch({sending, &sending->records}), Shed::all);
  }
  return is_answered(*sending);
}

// There is one dead file in memory at a time.
bool Recovery::is_file_held() noexcept {
  std::erase_if(held_, [this](const auto& sending) { return is_given_up(sending); });
  return !held_.empty();
}

// False: there is nobody to send to now; what is left stays for a later process.
bool Recovery::settle() {
  const std::shared_ptr<Sending> sent = std::exchange(sending_, nullptr);
  const std::size_t size = sent->records.size();
  const std::lock_guard lock(sent->mutex);  // one that was passed over may answer just now
  const std::size_t accepted = std::min(sent->accepted, size);
  (is_own_ ? own_delivered_ : recovered_).fetch_add(accepted);
  const bool is_final =
      accepted == size || sent->reason == GiveUp::rejected || sent->reason == GiveUp::too_large;
  file_->mark_sent(is_final ? std::span<Record* const>(sent->records)
                            : std::span<Record* const>(sent->records).first(accepted));
  if (is_final && is_own_) own_refused_ += size - accepted;
  if (is_final && !is_own_) trouble_.refused += size - accepted;
  return is_final;
}

void Recovery::again(const WorkerOptions& options) noexcept {
  // Not `is_done`: who is being told of the end may be the thread itself.
  const auto is_free = [this] {
    return is_done_.load(std::memory_order_acquire) && !stopping_.load(std::memory_order_acquire);
  };
  if (!is_free()) return;
  const HeldReports held;
  const std::lock_guard threading(threading_);
  if (!is_free()) return;
  thread_.finish(Deadline::max());  // it has nothing more to do
  is_threaded_.store(false, std::memory_order_release);
  {
    const std::lock_guard lock(mutex_);
    has_begun_ = is_listed_ = is_ending_ = has_ended_ = false;
    passed_over_.assign(lanes_.size(), false);
    trouble_ = {};
    is_done_.store(false, std::memory_order_release);
  }
  if (!options.none) start_thread(options);
}

bool Recovery::finish(Deadline deadline) noexcept {
  const std::lock_guard lock(threading_);
  const bool has_ended = thread_.finish(deadline);
  is_threaded_.store(false, std::memory_order_release);
  return has_ended;
}

void Recovery::wait(Deadline deadline) noexcept {
  std::unique_lock lock(waiting_);
  const bool is_wanted_here = has_more_ && !is_threaded();
  if (!is_done() && !is_wanted_here) changed_.wait_until(lock, deadline);
}

void Recovery::tell() noexcept {
  const std::lock_guard lock(waiting_);
  changed_.notify_all();
}

void Recovery::stop() noexcept {
  stopping_.store(true, std::memory_order_release);
  doorbell_.ring();
}

void Recovery::begin_ending() noexcept {
  // What was not all looked at was not tried, either.
  const bool is_left = is_listed_ && (file_ != nullptr || !left_.empty());
  let_go();
  is_ending_ = true;
  if (is_left) left_.begin(limits_.dead_bytes);
}

void Recovery::let_go() noexcept {
  file_.reset();
  sending_.reset();  // its completions keep it, and the memory, as long as somebody reads
  left_.clear();
  has_more_ = false;
}

void Recovery::end() noexcept {
  let_go();
  try {
    report();
  } catch (const std::exception&) {
    // No memory for a message.
  }
  has_ended_ = true;
}

void Recovery::report() {
  const Trouble& trouble = trouble_;
  std::string text;
  const auto add = [&](std::size_t count, const char* what) {
    if (count != 0) text += (text.empty() ? "" : ", ") + counted(count, what);
  };
  add(trouble.made_room, "spans, the oldest, made room for newer ones");
  const auto days = std::chrono::duration_cast<std::chrono::days>(limits_.dead_age).count();
  const std::string too_old =
      "spans, more than " + std::to_string(days) + " days old, were dropped";
  add(trouble.too_old, too_old.c_str());
  add(trouble.lost, "spans could not be read");
  add(trouble.repaired, "spans were sent without parts that could not be read");
  add(trouble.refused, "spans were refused by the backend");
  add(trouble.passed_over, "spans went past an exporter that did not answer");
  add(trouble.damaged_files, "files are damaged and were put aside (*.damaged)");
  add(trouble.other_versions, "files are of another version of weft and were left alone");
  add(trouble.unreadable_files, "files could not be read and were left alone");
  if (text.empty()) return;
  if (!trouble.example.empty()) text += " (" + trouble.example + ")";
  error_reporter().report(ErrorCode::data_dropped, "spool_dir=\"" + folder_.string() +
                                                       "\": of what dead processes left, " + text);
}

}  // namespace weft::inline v0::detail
