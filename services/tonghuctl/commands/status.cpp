// tonghuctl status: where every journal stands.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "libs/fleet/positions.h"
#include "libs/forms/typed.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/table.h"

namespace tonghu::tonghuctl {
namespace {

// A journal's positions have no gaps, so its head is the number of its events.
int64_t Events(const fleet::ServicePosition& service) {
  int64_t events = 0;
  for (const auto& [number, shard] : service.shards) events += shard.head;
  return events;
}

// The services with what is on its way: a moment's picture, in which a busy system shows some lag.
std::string ServicesText(const fleet::Positions& positions) {
  Table table({"服务", "事件", "未上总线", "未处理（来自）", "处理中命令", "隔离", "时钟"});
  const std::vector<fleet::Lag> lags = LagsOf(positions, positions);
  for (const auto& [name, service] : positions) {
    std::string bus, heard;
    for (const fleet::Lag& lag : lags) {
      if (lag.service != name) continue;
      if (lag.of == "bus") {
        bus = fmt::format("{}", lag.events);
      } else {
        heard += fmt::format("{}{} {}", heard.empty() ? "" : "，", lag.of, lag.events);
      }
    }
    table.Add({name, fmt::format("{}", Events(service)), bus, heard, fmt::format("{}", service.in_flight),
               fmt::format("{}", service.quarantined),
               service.distrust.empty() ? "正常" : "不准：" + service.distrust});
  }
  return table.Text();
}

std::string ReplicasText(const fleet::Look& look) {
  Table table({"进程", "地址", "状态", "NATS", "负责分片", "时间"});
  for (const fleet::ReplicaLook& replica : look) {
    if (!replica.status.ok()) {
      table.Add({replica.service, replica.address, "没有应答"});
      continue;
    }
    std::string leased;
    for (const auto& shard : replica.status->shards()) {
      if (shard.leased()) leased += fmt::format("{}{}", leased.empty() ? "" : " ", shard.shard());
    }
    table.Add({replica.status->replica(), replica.address, "运行",
               replica.status->bus_connected() ? "已连接" : "未连接", leased,
               forms::TimeText(replica.status->now())});
  }
  return table.Text();
}

std::string ShardsText(const fleet::Positions& positions) {
  Table table({"服务", "分片", "事件", "已上总线", "已处理", "到期判定至"});
  for (const auto& [name, service] : positions) {
    for (const auto& [number, shard] : service.shards) {
      std::string applied;
      for (const auto& [producer, seq] : shard.cursors) {
        applied += fmt::format("{}{} {}/{}", applied.empty() ? "" : "，", producer, seq,
                               HeadOf(positions, producer, number));
      }
      table.Add({name, fmt::format("{}", number), fmt::format("{}", shard.head),
                 fmt::format("{}", shard.relayed), applied,
                 shard.swept == absl::InfinitePast() ? "" : forms::TimeText(shard.swept)});
    }
  }
  return table.Text();
}

nlohmann::ordered_json Document(const fleet::Look& look, const fleet::Positions& positions) {
  nlohmann::ordered_json document = {{"services", nlohmann::ordered_json::array()},
                                     {"replicas", nlohmann::ordered_json::array()}};
  const std::vector<fleet::Lag> lags = LagsOf(positions, positions);
  for (const auto& [name, service] : positions) {
    nlohmann::ordered_json lag = nlohmann::ordered_json::object();
    for (const fleet::Lag& one : lags) {
      if (one.service == name) lag[one.of] = one.events;
    }
    document["services"].push_back({{"service", name},
                                    {"events", Events(service)},
                                    {"lag", lag},
                                    {"commandsInFlight", service.in_flight},
                                    {"quarantined", service.quarantined},
                                    {"clockDistrusted", service.distrust}});
  }
  for (const fleet::ReplicaLook& replica : look) {
    nlohmann::ordered_json one = {{"service", replica.service}, {"address", replica.address}};
    if (replica.status.ok()) {
      one["status"] = ToDocument(*replica.status);
    } else {
      one["error"] = std::string(replica.status.status().message());
    }
    document["replicas"].push_back(std::move(one));
  }
  return document;
}

}  // namespace

absl::Status ShowStatus(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  const fleet::Look look = fleet::Replicas(endpoints).Ask(session.client().bounds().timeout);
  const fleet::Positions positions = PositionsOf(look);
  session.output.Show(Document(look, positions), [&] {
    return ServicesText(positions) + "\n" + ReplicasText(look) +
           (typed.Has("--shards") ? "\n" + ShardsText(positions) : "");
  });
  // The tables are shown all the same; the exit code tells of the silent replica.
  for (const fleet::ReplicaLook& replica : look) {
    if (!replica.status.ok()) {
      return absl::UnavailableError(
          fmt::format("{} at {} does not answer", replica.service, replica.address));
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
