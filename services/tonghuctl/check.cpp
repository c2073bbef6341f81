#include "services/tonghuctl/check.h"

#include <fmt/format.h>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/fleet/positions.h"
#include "libs/forms/typed.h"
#include "libs/forms/words.h"
#include "libs/ids/names.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::tonghuctl {
namespace {

constexpr absl::Duration kMaxSkew =
    absl::Seconds(2);  // beyond this a replica distrusts its clock (libs/journal, clock_guard)
constexpr absl::Duration kLeastLeft = absl::Hours(24 * 7);  // `stack up` makes anew what lasts no longer

std::string NameOf(const fleet::ReplicaLook& replica) {
  // A replica that does not answer can't say its name.
  const bool known = replica.status.ok() && !replica.status->replica().empty();
  return known ? replica.status->replica() : fmt::format("{}（{}）", replica.service, replica.address);
}

// What was found when something is not good, and what to do.
struct Trouble {
  std::string found, remedy;
};

// Makes a check's outcome. `fine` is what was found when all is good.
Check Judge(std::string what, bool good, std::string fine, Trouble trouble) {
  if (good) return {std::move(what), true, std::move(fine), ""};
  return {std::move(what), false, std::move(trouble.found), std::move(trouble.remedy)};
}

// A replica may answer and still not read its own database: the remedies differ.
Check CheckReplica(const fleet::ReplicaLook& replica, bool serving) {
  const Trouble silent{fmt::format("{} 没有应答或未在服务", replica.address),
                       fmt::format("查看 make status 与 make logs，重新启动 {}", replica.service)};
  const Trouble blind{
      fmt::format("进程在服务，但读不到自己的数据库：{}", std::string(replica.status.status().message())),
      "检查 PostgreSQL 是否运行、连接数是否用尽（make status）"};
  return Judge(fmt::format("{} 应答", NameOf(replica)), serving && replica.status.ok(), replica.address,
               serving ? blind : silent);
}

// `lag.of` is "bus" for events that are not published yet, else the producer whose events are not applied
// yet.
Check CheckLag(const fleet::Lag& lag) {
  const bool bus = lag.of == "bus";
  return Judge(
      bus ? fmt::format("{} 事件上总线", lag.service) : fmt::format("{} 处理 {} 的事件", lag.service, lag.of),
      lag.events == 0, "",
      {fmt::format("落后 {} 条（分片 {}）", lag.events, lag.shards),
       bus ? "检查 NATS 是否运行、磁盘是否已满；恢复后会自行追上，期间由日志直接传递，不会丢失"
           : fmt::format("稍后再看；若不减少，查看 make logs NAME={}-1", lag.service)});
}

// A shard that nobody works is neither relayed, nor consumed for, nor swept.
Check CheckLeases(const std::string& name, const fleet::ServicePosition& service) {
  std::string idle;
  for (const auto& [number, shard] : service.shards) {
    if (!shard.worked) absl::StrAppend(&idle, idle.empty() ? "" : " ", number);
  }
  return Judge(fmt::format("{} 各分片有人处理", name), idle.empty(),
               fmt::format("{} 个分片", service.shards.size()),
               {fmt::format("分片 {} 无人处理", idle), "租约几秒内会被接管；若持续如此，请重新启动该服务"});
}

Check CheckTrust(const std::string& name, const fleet::ServicePosition& service) {
  return Judge(fmt::format("{} 时钟与数据库一致", name), service.distrust.empty(), "是",
               {fmt::format("该节点时钟不准，已交出分片、不受理业务：{}", service.distrust),
                "校准该服务器（或数据库服务器）的时间（chrony）；时钟一致数秒后自动恢复"});
}

Check CheckQuarantine(const std::string& name, const fleet::ServicePosition& service) {
  return Judge(
      fmt::format("{} 隔离区", name), service.quarantined == 0, "空",
      {fmt::format("{} 条事件", service.quarantined),
       fmt::format("tonghuctl quarantine list --service {} 查看原因，排除后用 quarantine release 放行",
                   name)});
}

// How far a replica's clock is from this machine's, and how uncertain the difference is.
std::pair<absl::Duration, absl::Duration> OffsetOf(const fleet::ReplicaLook& replica) {
  // The answer was made at some moment between the two times: in the middle, give or take half of the round
  // trip.
  const absl::Duration half = (replica.answered - replica.asked) / 2;
  return {clock::ToTime(replica.status->now()) - (replica.asked + half), half};
}

// Every replica must show a time between those that the clock itself showed before and after the look.
Check CheckVirtual(const fleet::Look& look, const std::pair<absl::Time, absl::Time>& span) {
  std::string apart;
  for (const fleet::ReplicaLook& replica : look) {
    if (!replica.status.ok()) continue;
    const absl::Time now = clock::ToTime(replica.status->now());
    if (now >= span.first && now <= span.second) continue;
    apart = fmt::format("{} 的时间为 {}，时钟为 {}", NameOf(replica), forms::TimeText(now),
                        forms::TimeText(span.second));
  }
  return Judge("虚拟时钟一致", apart.empty(), forms::TimeText(span.second),
               {apart, "该进程用的是另一个时钟：核对其设置中的 clock，重新启动"});
}

}  // namespace

std::vector<Check> CheckReplicas(const fleet::Look& look, const std::vector<bool>& health) {
  std::vector<Check> checks;
  for (size_t i = 0; i < look.size(); ++i) {
    checks.push_back(CheckReplica(look[i], i < health.size() && health[i]));
    if (!look[i].status.ok()) continue;
    checks.push_back(
        Judge(fmt::format("{} 与 NATS 连接", NameOf(look[i])), look[i].status->bus_connected(), "已连接",
              {"未连接", "检查 NATS（make status）；未连接期间事件由日志直接传递，较慢但不丢失"}));
  }
  return checks;
}

Check CheckClocks(const fleet::Look& look, const ClockSpan& virtual_clock) {
  if (virtual_clock.has_value()) return CheckVirtual(look, *virtual_clock);
  std::string found = "相差不到 1 毫秒";
  absl::Duration worst = absl::ZeroDuration();
  // Every pair is compared, as no replica's clock is known to be the right one.
  for (const fleet::ReplicaLook& one : look) {
    if (!one.status.ok()) continue;
    for (const fleet::ReplicaLook& other : look) {
      if (!other.status.ok()) continue;
      const auto [offset, uncertain] = OffsetOf(one);
      const auto [other_offset, other_uncertain] = OffsetOf(other);
      // Only what exceeds both uncertainties is certain.
      const absl::Duration apart = absl::AbsDuration(offset - other_offset) - uncertain - other_uncertain;
      if (apart <= worst) continue;
      worst = apart;
      found = fmt::format("{} 与 {} 相差至少 {} 毫秒", NameOf(one), NameOf(other),
                          absl::ToInt64Milliseconds(apart));
    }
  }
  return Judge("各进程时钟一致", worst <= kMaxSkew, found,
               {found, "校准各服务器时间（chrony），时钟一致数秒后自动恢复"});
}

std::vector<Check> CheckWork(const fleet::Look& first, const fleet::Look& last) {
  const fleet::Positions positions = PositionsOf(last);
  std::vector<Check> checks;
  for (const fleet::Lag& lag : LagsOf(positions, PositionsOf(first))) checks.push_back(CheckLag(lag));
  for (const auto& [name, service] : positions) {
    checks.push_back(CheckLeases(name, service));
    checks.push_back(CheckTrust(name, service));
    checks.push_back(CheckQuarantine(name, service));
  }
  return checks;
}

Check CheckCertificates(const fleet::Look& look, absl::Time own, absl::Time now) {
  absl::Time first = own;
  std::string whose = "本程序（operators/local）";
  for (const fleet::ReplicaLook& replica : look) {
    if (!replica.status.ok() || !replica.status->has_certificate_expire_time()) continue;
    const absl::Time end = clock::ToTime(replica.status->certificate_expire_time());
    if (end >= first) continue;
    first = end;
    whose = NameOf(replica);
  }
  const std::string found = fmt::format("最早到期：{} {}", whose, forms::TimeText(first));
  return Judge("证书有效期", first - now > kLeastLeft, found,
               {found, "运行 deploy/local/stack certs renew 更换全部证书，服务不必停止"});
}

Check CheckCovered(const absl::StatusOr<pairing::v1::ListUncoveredChildrenResponse>& uncovered) {
  const std::string what = "每名儿童都有人负责";
  if (!uncovered.ok()) {
    return Judge(what, false, "",
                 {fmt::format("查不到：{}", std::string(uncovered.status().message())),
                  "检查 pairing 服务与其 PostgreSQL（make status）"});
  }
  if (uncovered->uncovered_children().empty()) return Judge(what, true, "是", {});
  const auto& first = uncovered->uncovered_children(0);
  const auto name = ids::ParseName(first.child(), "children", "child");
  const std::string county = name.ok() ? name->county : "";
  return Judge(what, false, "",
               {fmt::format("有儿童无人负责，如 {} 县 {}：{}", county, forms::ShortName(first.child()),
                            forms::Label(first.reason())),
                fmt::format("tonghuctl pair uncovered --county {} 列出全部，结对、移交或设置校历", county)});
}

}  // namespace tonghu::tonghuctl
