#include "../platform.hpp"

#include <winsock2.h>

#include <stdexcept>
#include <windows.h>

namespace ancillary::bench {

namespace {

constexpr std::int64_t ns_of_a_tick = 100; // FILETIME

std::int64_t ns(const FILETIME& time) {
  const std::uint64_t ticks = std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime;
  return static_cast<std::int64_t>(ticks) * ns_of_a_tick;
}

} // namespace

// In steps of 15 ms: precise enough for a round, not for a drain. Receivers are compared by rate
// here.
processor_time receiver_time() {
  FILETIME created{};
  FILETIME ended{};
  FILETIME system{};
  FILETIME user{};
  GetProcessTimes(GetCurrentProcess(), &created, &ended, &system, &user);
  return {ns(user) + ns(system), ns(user), ns(system)};
}

std::int64_t receiver_time_ns() { return receiver_time().total_ns; }

std::optional<std::uint64_t> dropped_by_system(const std::vector<std::uint16_t>&) { return {}; }

void stay_on(place processor) {
  DWORD_PTR ours = 0;
  DWORD_PTR all = 0;
  GetProcessAffinityMask(GetCurrentProcess(), &ours, &all);
  if ((ours & (ours - 1)) == 0) {
    return; // only one processor
  }
  DWORD_PTR chosen = ours & (~ours + 1);
  if (processor == place::last) {
    while ((ours & (ours - 1)) != 0) {
      ours &= ours - 1;
    }
    chosen = ours;
  }
  SetThreadAffinityMask(GetCurrentThread(), chosen);
}

std::string start_again(const std::string& argument) {
  SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
  HANDLE read_end = nullptr;
  HANDLE write_end = nullptr;
  if (CreatePipe(&read_end, &write_end, &inherited, 0) == 0) {
    throw std::runtime_error("CreatePipe");
  }
  SetHandleInformation(read_end, HANDLE_FLAG_INHERIT, 0);
  std::string program(MAX_PATH, '\0');
  program.resize(GetModuleFileNameA(nullptr, program.data(), MAX_PATH));
  std::string command = '"' + program + "\" " + argument;
  STARTUPINFOA start{};
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdOutput = write_end;
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  // Closing the job, which happens when this process ends, ends its member processes.
  const HANDLE job = CreateJobObjectA(nullptr, nullptr);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  PROCESS_INFORMATION process{};
  if (CreateProcessA(program.c_str(), command.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr,
                     &start, &process) == 0) {
    throw std::runtime_error("CreateProcess");
  }
  AssignProcessToJobObject(job, process.hProcess);
  CloseHandle(write_end);
  std::string line;
  char letter = 0;
  DWORD got = 0;
  while (ReadFile(read_end, &letter, 1, &got, nullptr) != 0 && got == 1 && letter != '\n') {
    line += letter;
  }
  CloseHandle(read_end);
  return line;
}

} // namespace ancillary::bench
