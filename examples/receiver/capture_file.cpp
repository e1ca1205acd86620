#include "capture_file.hpp"

#include "set_up_error.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <array>
#include <cerrno>
#include <filesystem>

namespace tool {
namespace {

std::error_code last_error() {
  return errno != 0 ? std::error_code(errno, std::generic_category())
                    : std::make_error_code(std::errc::io_error);
}

// The bytes of the blocks that are whole in the first `bytes`.
std::size_t whole_blocks(std::span<const std::byte> blocks, std::size_t bytes) {
  std::size_t whole = 0;
  while (const auto block = ancillary::pcapng::first_block(blocks.first(bytes).subspan(whole))) {
    whole += block->bytes.size();
  }
  return whole;
}

} // namespace

std::string numbered(const std::string& file, std::uint64_t number,
                     std::chrono::system_clock::time_point begin) {
  using namespace std::chrono;
  const auto day = floor<days>(begin);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(begin - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "_%05llu_%04d%02u%02u%02d%02d%02d",
                static_cast<unsigned long long>(number), static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  const std::filesystem::path path(file);
  std::filesystem::path name = path.stem();
  name += text.data();
  name += path.extension();
  return (path.parent_path() / name).string();
}

capture_file::capture_file(const capture_options& options) : options_(options) {
  if (const auto error = open()) {
    throw set_up_error("cannot write the capture to " + name_ + ": " + ancillary::describe(error));
  }
}

std::error_code capture_file::open() {
  if (options_.is_standard_output()) {
    make_standard_output_binary();
    file_ = stdout;
  } else {
    ++number_;
    name_ = options_.has_limits()
                ? numbered(options_.file, number_, std::chrono::system_clock::now())
                : options_.file;
    errno = 0;
    opened_.reset(std::fopen(name_.c_str(), "wb"));
    if (!opened_) {
      return last_error();
    }
    file_ = opened_.get();
  }
  std::setvbuf(file_, nullptr, _IONBF, 0);
  file_bytes_ = 0;
  return {};
}

ancillary::capture_output::result capture_file::write(std::span<const std::byte> blocks) {
  {
    const std::lock_guard lock(mutex_);
    if (!interrupter_) {
      interrupter_.emplace();
    }
  }
  errno = 0;
  const std::size_t written = std::fwrite(blocks.data(), 1, blocks.size(), file_);
  if (written == blocks.size()) {
    file_bytes_ += written;
    return {written, {}};
  }
  const std::error_code error = last_error();
  const std::size_t whole = whole_blocks(blocks, written);
  remove_part_of_block(file_bytes_ + whole);
  return {whole, error};
}

std::error_code capture_file::close() {
  errno = 0;
  if (opened_ && std::fclose(opened_.release()) != 0) {
    return last_error();
  }
  return {};
}

std::error_code capture_file::next_file() {
  const std::error_code error = close();
  return error ? error : open();
}

void capture_file::interrupt() {
  const std::lock_guard lock(mutex_);
  if (interrupter_) {
    interrupter_->interrupt();
  }
}

// So that readers find no half block at the end. What is no regular file keeps it.
void capture_file::remove_part_of_block(std::uint64_t whole_bytes) {
  std::error_code ignored;
  if (!name_.empty() && std::filesystem::is_regular_file(name_, ignored)) {
    std::filesystem::resize_file(name_, whole_bytes, ignored);
  }
}

} // namespace tool
