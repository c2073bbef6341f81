#include "tests/bench/rig.h"

#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "libs/ids/shard.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::bench {
namespace {

constexpr int kShards = 8;

// Fields of /proc/<pid>/stat after the command's closing parenthesis, from "state" on.
std::vector<std::string> Stat(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  return {std::istream_iterator<std::string>(fields), {}};
}

// utime + stime, with those of children already gone when `children`.
double CpuOf(int pid, bool children) {
  const std::vector<std::string> fields = Stat(pid);
  if (fields.size() < 15) return 0;
  double ticks = std::stod(fields[11]) + std::stod(fields[12]);
  if (children) ticks += std::stod(fields[13]) + std::stod(fields[14]);
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double CpuOfLivingChildren(int parent) {
  double cpu = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    const std::vector<std::string> fields = Stat(pid);
    if (fields.size() > 1 && fields[1] == std::to_string(parent)) cpu += CpuOf(pid, false);
  }
  return cpu;
}

// A child that ends while its brothers are being added up would be in neither sum: then it is done again.
double CpuOfTree(int parent) {
  for (double before = CpuOf(parent, true);;) {
    const double children = CpuOfLivingChildren(parent);
    const double after = CpuOf(parent, true);
    if (after - before < 0.05) return after + children;
    before = after;
  }
}

int PidOf(const std::string& state, const std::string& name) {
  std::ifstream file(fmt::format("{}/run/{}.pid", state, name));
  int pid = 0;
  file >> pid;
  return pid;
}

const std::vector<std::string>& Services() {
  static const auto* services = new std::vector<std::string>{"registry", "pairing", "alerts", "reporting"};
  return *services;
}

// Ids as ids::Source would have given them to things made one after another, twenty a millisecond: `since` is
// that of the first, in milliseconds. Also in kFill.
constexpr int64_t kChildrenSince = 1'757'000'000'000, kPairingsSince = 1'757'100'000'000;
std::string SqlId(int64_t since) {
  return fmt::format(
      "regexp_replace(lpad(to_hex({} + n / 20), 12, '0') || lpad(to_hex(n::bigint * 2654435761 % "
      "4294967296), 8, '0'), "
      "'(.{{8}})(.{{4}})(.*)', '\\1-\\2-7000-8000-0000\\3')",
      since);
}

// $1 county, $2 children, $3 shard, $4 Monday. Children 0 … n-1 with a pairing and one open duty each, whose
// ids are as pairing's DutyId gives them.
std::vector<std::string> FillingStatements() {
  const std::string child = SqlId(kChildrenSince), pairing = SqlId(kPairingsSince);
  const std::string duty = fmt::format(
      "left({}, 13) || regexp_replace(md5($1 || n), '.{{13}}(.{{3}}).(.{{3}})(.{{12}})', '-8\\1-8\\2-\\3')",
      pairing);
  return {
      "INSERT INTO staff SELECT $1, 'T1' ON CONFLICT DO NOTHING",
      fmt::format(
          "INSERT INTO child SELECT $1, {}, 'S1', $1 || '101', 1, 1 FROM generate_series(0, $2 - 1) n",
          child),
      fmt::format(
          "INSERT INTO pairing (county, pairing_id, shard, child_id, helper_id, role, start_time, make_time) "
          "SELECT $1, {}, $3, {}, 'T1', 1, $4 - interval '30 days', "
          "'infinity' FROM generate_series(0, $2 - 1) n",
          pairing, child),
      fmt::format(
          "INSERT INTO duty (county, duty_id, shard, pairing_id, child_id, helper_id, kind, window_start, "
          "window_end, due_time) "
          "SELECT $1, {}, $3, {}, {}, 'T1', 1, $4, $4 + interval '7 days', $4 + interval '9 days' "
          "FROM generate_series(0, $2 - 1) n",
          duty, pairing, child)};
}

}  // namespace

std::vector<std::string> Counties() {
  std::vector<std::string> counties(kShards);
  for (int code = 520100; code < 520999; ++code) {
    std::string& county = counties[ids::ShardOf(std::to_string(code), kShards)];
    if (county.empty()) county = std::to_string(code);
  }
  return counties;
}

std::string ChildId(int number) {
  const std::string time = fmt::format("{:012x}", kChildrenSince + number / 20);
  return fmt::format("{}-{}-7000-8000-0000{:08x}", time.substr(0, 8), time.substr(8),
                     static_cast<uint32_t>(number) * 2'654'435'761u);
}
std::string ChildName(const std::string& county, int number) {
  return fmt::format("counties/{}/children/{}", county, ChildId(number));
}
std::string HelperName(const std::string& county) {
  return fmt::format("counties/{}/staffMembers/T1", county);
}

absl::StatusOr<std::unique_ptr<Rig>> Rig::Up(int children, absl::Time start) {
  std::unique_ptr<Rig> rig(new Rig);
  auto stack = harness::Stack::Up({.start = start});
  if (!stack.ok()) return stack.status();
  rig->stack_ = std::move(*stack);
  const absl::CivilDay today = clock::DayOf(start == absl::InfinitePast() ? absl::Now() : start);
  rig->monday_ = clock::StartOf(absl::PrevWeekday(today + 1, absl::Weekday::monday));
  for (const std::string& service : Services()) {
    rig->journals_[service] = tonghu::journal::v1::JournalService::NewStub(rig->stack_->Channel(service));
  }
  if (absl::Status filled = rig->Fill(children); !filled.ok()) return filled;
  return rig;
}

absl::Time Rig::DueTime() const { return monday_ + absl::Hours(24 * 9); }

absl::StatusOr<std::unique_ptr<postgres::Connection>> Rig::Database(const std::string& service) {
  return postgres::Connection::Open(stack_->Conninfo("tonghu_" + service));
}

absl::Status Rig::Fill(int children) {
  auto db = Database("pairing");
  if (!db.ok()) return db.status();
  int shard = 0;
  for (const std::string& county : Counties()) {
    const postgres::Params params[] = {
        postgres::Params().Text(county), postgres::Params().Text(county).Int(children),
        postgres::Params().Text(county).Int(children).Int(shard).Time(monday_),
        postgres::Params().Text(county).Int(children).Int(shard).Time(monday_)};
    const std::vector<std::string> fill = FillingStatements();
    for (size_t i = 0; i < fill.size(); ++i) {
      if (auto filled = (*db)->Run(fill[i], params[i]); !filled.ok()) return filled.status();
    }
    ++shard;
  }
  return (*db)->Script("ANALYZE child; ANALYZE pairing; ANALYZE duty");
}

absl::StatusOr<int64_t> Rig::Head(const std::string& service) {
  auto context = rpc::WithDeadline(absl::Seconds(5));
  tonghu::journal::v1::JournalStatus status;
  if (grpc::Status got = journals_.at(service)->GetStatus(context.get(), {}, &status); !got.ok())
    return rpc::FromGrpc(got);
  int64_t head = 0;
  for (const auto& shard : status.shards()) head += shard.head_seq();
  return head;
}

absl::StatusOr<int64_t> Rig::Applied(const std::string& consumer, const std::string& producer) {
  auto context = rpc::WithDeadline(absl::Seconds(5));
  tonghu::journal::v1::JournalStatus status;
  if (grpc::Status got = journals_.at(consumer)->GetStatus(context.get(), {}, &status); !got.ok())
    return rpc::FromGrpc(got);
  int64_t applied = 0;
  for (const auto& shard : status.shards()) {
    for (const auto& cursor : shard.cursors()) applied += cursor.producer() == producer ? cursor.seq() : 0;
  }
  return applied;
}

absl::Status Rig::Await(absl::Duration bound, const std::function<absl::StatusOr<bool>()>& condition) {
  const absl::Time end = absl::Now() + bound;
  for (;;) {
    auto met = condition();
    if (!met.ok()) return met.status();
    if (*met) return absl::OkStatus();
    if (absl::Now() > end)
      return absl::DeadlineExceededError("what was waited for did not come in " +
                                         absl::FormatDuration(bound));
    absl::SleepFor(absl::Milliseconds(5));
  }
}

Rig::Cpu Rig::CpuSoFar() const {
  Cpu cpu;
  for (const std::string& service : Services())
    cpu.services += CpuOf(PidOf(stack_->state(), service + "-1"), true);
  cpu.postgres = CpuOfTree(PidOf(stack_->state(), "postgres"));
  cpu.nats = CpuOf(PidOf(stack_->state(), "nats"), true);
  cpu.driver = CpuOf(::getpid(), false);
  return cpu;
}

double Rig::ServicesMemory() const {
  double pages = 0;
  for (const std::string& service : Services()) {
    std::ifstream file(fmt::format("/proc/{}/statm", PidOf(stack_->state(), service + "-1")));
    double size = 0, resident = 0;
    file >> size >> resident;
    pages += resident;
  }
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

}  // namespace tonghu::bench
