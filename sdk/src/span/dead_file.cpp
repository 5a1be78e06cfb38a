// SPDX-License-Identifier: Apache-2.0
#include "span/dead_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>

#include "codec/message_check.hpp"
#include "span/record_check.hpp"
#include "span/spool_file.hpp"

namespace weft::inline v0::detail {

namespace {

// For a forked child to close: the one claimed file, and others that are only looked at meanwhile.
constexpr int kNoFile = -1;
constinit std::array<std::atomic<int>, 4> open_files{kNoFile, kNoFile, kNoFile, kNoFile};

// In the place of `from`.
void put_for_children(int from, int file) noexcept {
  for (std::atomic<int>& place : open_files) {
    int expected = from;
    if (place.compare_exchange_strong(expected, file)) return;
  }
}

// An open span gets an attribute, an event and a status: less than a chunk.
constexpr std::size_t kFewestSpareChunks = 64;

// Far beyond what a service asks for; a header that says more is damaged.
constexpr std::size_t kLargestFile = std::size_t{1} << 40U;

std::string reason(int error) { return std::generic_category().message(error); }

std::uint64_t unix_nanoseconds(const timespec& time) noexcept {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t unix_now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return unix_nanoseconds(now);
}

}  // namespace

Claim DeadFile::claim(const std::filesystem::path& path, bool for_reading,
                      std::unique_ptr<DeadFile>& file, std::string& why) {
  file.reset(new DeadFile);
  file->path_ = path;
  Claim result = file->lock(for_reading, why);
  if (result == Claim::claimed) result = file->read_header(why);
  if (result == Claim::claimed) result = file->read_all(why);
  if (result != Claim::claimed) {
    file.reset();
    return result;
  }
  file->check_records();
  file->end_open_ones();
  return result;
}

bool DeadFile::is_dead(const std::filesystem::path& path) {
  DeadFile file;
  file.path_ = path;
  std::string why;
  return file.lock(true, why) == Claim::claimed;
}

DeadFile::~DeadFile() {
  if (pool_ != nullptr) RecordPool::disown();
  if (memory_ != nullptr) munmap(memory_, memory_size_);
  if (file_ < 0) return;
  put_for_children(file_, kNoFile);
  close(file_);
}

void DeadFile::leave_to_parent() noexcept {
  for (std::atomic<int>& place : open_files) {
    const int file = place.exchange(kNoFile);
    if (file != kNoFile) close(file);
  }
  RecordPool::forget_adopted_in_child();
}

Claim DeadFile::lock(bool for_reading, std::string& why) {
  file_ = open(path_.c_str(), (for_reading ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
  if (file_ < 0) {
    const int error = errno;
    why = reason(error);
    return error == ENOENT ? Claim::gone : Claim::unreadable;
  }
  put_for_children(kNoFile, file_);
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    why = reason(error);
    return error == EWOULDBLOCK ? Claim::in_use : Claim::unreadable;
  }
  struct stat opened{};
  struct stat named{};
  if (fstat(file_, &opened) != 0 || stat(path_.c_str(), &named) != 0 ||
      opened.st_ino != named.st_ino || opened.st_dev != named.st_dev) {
    return Claim::gone;
  }
  if (!S_ISREG(opened.st_mode)) {
    why = "is no file";
    return Claim::unreadable;
  }
  file_size_ = static_cast<std::size_t>(opened.st_size);
  modified_ = unix_nanoseconds(opened.st_mtim);
  return Claim::claimed;
}

Claim DeadFile::read_header(std::string& why) {
  char bytes[offsetof(PoolHeader, boot_id)];
  if (pread(file_, bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes) ||
      std::memcmp(bytes, kPoolMagic, sizeof kPoolMagic) != 0) {
    why = "does not begin as a spool file does";
    return Claim::damaged;
  }
  const auto word = [&](std::size_t offset) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes + offset, sizeof value);
    return value;
  };
  const std::uint32_t version = word(offsetof(PoolHeader, version));
  if (version != kPoolVersion || word(offsetof(PoolHeader, byte_order)) != kPoolByteOrder ||
      word(offsetof(PoolHeader, header_size)) != sizeof(PoolHeader) ||
      word(offsetof(PoolHeader, record_size)) != kRecordSize ||
      word(offsetof(PoolHeader, chunk_size)) != kChunkSize) {
    why = "is of another version of weft (" + std::to_string(version) + "; this one reads " +
          std::to_string(kPoolVersion) + ")";
    return Claim::other_version;
  }
  layout_ = {word(offsetof(PoolHeader, record_capacity)),
             word(offsetof(PoolHeader, chunk_capacity))};
  if (layout_.records == 0 || layout_.records > kMaximumRecords || layout_.chunks == 0 ||
      layout_.total() > kLargestFile) {
    why = "has a header that makes no sense";
    return Claim::damaged;
  }
  return Claim::claimed;
}

// Into private memory: what the file does not hold reads as free records.
Claim DeadFile::read_all(std::string& why) {
  spare_chunks_ = std::max(kFewestSpareChunks, layout_.records);
  const PoolLayout roomy{layout_.records, layout_.chunks + spare_chunks_};
  memory_size_ = roomy.total();
  void* memory = mmap(nullptr, memory_size_, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    why = reason(errno);
    return Claim::unreadable;
  }
  memory_ = static_cast<char*>(memory);
  header_ = reinterpret_cast<PoolHeader*>(memory_);
  const std::size_t end = std::min(file_size_, layout_.total());
  bool is_read = read_range(0, std::min(end, offsetof(PoolHeader, scopes)));
  is_read = is_read && (is_of_this_boot() ? read_what_was_used() : read_data(0, end));
  if (!is_read) {
    why = reason(errno);
    return Claim::unreadable;
  }
  pool_ = RecordPool::adopt(memory_, roomy, spare_chunks_);
  if (pool_ == nullptr) {
    why = "another one is being read";
    return Claim::unreadable;
  }
  return Claim::claimed;
}

bool DeadFile::is_of_this_boot() const noexcept {
  char boot[kBootIdSize];
  read_boot_id(boot);
  return boot[0] != '\0' && std::memcmp(boot, header_->boot_id, sizeof boot) == 0;
}

// No power was cut since: the file is as its process left it, and says itself what was used.
bool DeadFile::read_what_was_used() noexcept {
  const std::size_t records =
      std::min<std::size_t>(header_->used_records.load(std::memory_order_relaxed), layout_.records);
  const std::size_t chunks =
      std::min<std::size_t>(header_->used_chunks.load(std::memory_order_relaxed), layout_.chunks);
  const auto read_part = [&](std::size_t begin, std::size_t size) {
    return begin >= file_size_ || read_range(begin, std::min(file_size_, begin + size));
  };
  return read_part(offsetof(PoolHeader, scopes),
                   offsetof(PoolHeader, arena) - offsetof(PoolHeader, scopes)) &&
         read_part(offsetof(PoolHeader, arena), std::min(header_->arena_used, kArenaSize)) &&
         read_part(PoolLayout::records_at(), records * kRecordSize) &&
         read_part(layout_.chunks_at(), chunks * kChunkSize);
}

// Hole by hole.
bool DeadFile::read_data(std::size_t begin, std::size_t end) noexcept {
  while (begin < end) {
    const off_t data = lseek(file_, static_cast<off_t>(begin), SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // a hole to the end
    const off_t hole = data < 0 ? data : lseek(file_, data, SEEK_HOLE);
    // A file system that knows no holes has none.
    const std::size_t first = data < 0 ? begin : static_cast<std::size_t>(data);
    const std::size_t last = hole < 0 ? end : std::min(end, static_cast<std::size_t>(hole));
    if (first >= end) break;
    if (!read_range(first, last)) return false;
    begin = last;
  }
  return true;
}

bool DeadFile::read_range(std::size_t begin, std::size_t end) noexcept {
  while (begin < end) {
    const ssize_t size = pread(file_, memory_ + begin, end - begin, static_cast<off_t>(begin));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    if (size == 0) break;  // it was truncated meanwhile
    begin += static_cast<std::size_t>(size);
    bytes_read_ += static_cast<std::size_t>(size);
    if (begin > PoolLayout::records_at()) {
      records_end_ = std::max(records_end_, std::min(begin, layout_.chunks_at()));
    }
  }
  return true;
}

// An entry that cannot be read becomes the empty one.
void DeadFile::check_table(PoolTable& table, std::uint32_t capacity,
                           bool (*is_right)(std::string_view)) noexcept {
  const std::uint32_t count = std::min(table.count.load(std::memory_order_relaxed), capacity);
  table.count.store(count, std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < kMaximumScopes; ++i) {
    PoolTable::Entry& entry = table.entries[i];
    const bool is_inside =
        i < count && entry.offset <= kArenaSize && entry.size <= kArenaSize - entry.offset;
    if (!is_inside || !is_right({header_->arena + entry.offset, entry.size})) entry = {0, 0};
  }
}

void DeadFile::check_records() {
  PoolHeader& header = *header_;
  header.boot_id[sizeof header.boot_id - 1] = '\0';
  check_table(header.scopes, kMaximumScopes,
              [](std::string_view fields) { return codec::is_scope_fields(fields); });
  check_table(header.resources, kMaximumResources,
              [](std::string_view fields) { return codec::is_resource_fields(fields); });
  RecordCheck check(*pool_, static_cast<std::uint32_t>(layout_.chunks),
                    std::max(1U, header.scopes.count.load(std::memory_order_relaxed)),
                    std::max(1U, header.resources.count.load(std::memory_order_relaxed)));
  const std::size_t readable =
      records_end_ <= PoolLayout::records_at()
          ? 0
          : (records_end_ - PoolLayout::records_at() + kRecordSize - 1) / kRecordSize;
  const std::size_t count = std::min(layout_.records, readable);
  for (std::uint32_t number = 1; number <= count; ++number) {
    Record& record = pool_->record(number);
    switch (check.check(record)) {
      case RecordCondition::absent:
        break;
      case RecordCondition::repaired:
        ++repaired_;
        [[fallthrough]];
      case RecordCondition::whole:
        spans_.push_back(&record);
        break;
      case RecordCondition::lost:
        ++lost_;
        break;
    }
  }
  // Records that were in use and are beyond the end of a file that was cut off.
  const std::size_t in_file =
      file_size_ <= PoolLayout::records_at()
          ? 0
          : (file_size_ - PoolLayout::records_at() + kRecordSize - 1) / kRecordSize;
  const std::size_t used =
      std::min<std::size_t>(header.used_records.load(std::memory_order_relaxed), layout_.records);
  if (used > in_file) lost_ += used - in_file;
}

// They end with the last sign of life that their process gave.
void DeadFile::end_open_ones() noexcept {
  const std::uint64_t now = unix_now();
  std::uint64_t last = 0;
  for (const Record* record : spans_) {
    for (const std::uint64_t time : {record->start_time, record->end_time}) {
      if (time <= now) last = std::max(last, time);
    }
  }
  for (Record* record : spans_) {
    if (state_of(record->state.load(std::memory_order_relaxed)) != RecordState::open) continue;
    end_unfinished(*pool_, *record, last, header_->process_id);
    ++unfinished_;
  }
}

// Both the file's clock and the spans' own must say so: a program may give its spans any time.
std::size_t DeadFile::drop_older(std::chrono::seconds age) noexcept {
  const auto old = static_cast<std::uint64_t>(std::chrono::nanoseconds(age).count());
  const std::uint64_t now = unix_now();
  const std::uint64_t bound = now > old ? now - old : 0;
  if (modified_ >= bound) return 0;
  return std::erase_if(spans_, [&](Record* record) {
    if (record->end_time >= bound) return false;
    mark_sent({&record, 1});
    return true;
  });
}

void DeadFile::mark_sent(std::span<Record* const> records) noexcept {
  for (const Record* record : records) {
    const std::uint32_t word = state_word(
        generation_of(record->state.load(std::memory_order_relaxed)) + 1, RecordState::free);
    const char* const at = reinterpret_cast<const char*>(&record->state);
    // Should it fail, it is sent twice in the worst case.
    (void)!pwrite(file_, &word, sizeof word, at - memory_);
  }
}

void DeadFile::remove() noexcept { unlink(path_.c_str()); }

void put_damaged_aside(const std::filesystem::path& path) noexcept {
  try {
    std::filesystem::path aside = path;
    aside += kDamagedSuffix;
    rename(path.c_str(), aside.c_str());
  } catch (const std::exception&) {
    // Then it is tried again.
  }
}

}  // namespace weft::inline v0::detail
