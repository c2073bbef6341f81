// tonghu-gateway: HTTP for browsers and programs.
#include "libs/clock/clock.h"
#include "libs/log/log.h"
#include "libs/metrics/metrics.h"
#include "libs/process/process.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"
#include "services/gateway/config.h"
#include "services/gateway/http/gateway.h"
#include "services/gateway/http/server.h"
#include "services/gateway/http/single_sign_on.h"

namespace {

using namespace tonghu;
using namespace tonghu::gateway;

constexpr absl::Duration kGrace = absl::Seconds(5);

absl::StatusOr<Backends> Dial(const process::Settings& settings) {
  rpc::DialOptions options;
  if (!settings.insecure) {
    ASSIGN_OR_RETURN(options.tls, rpc::Tls::Open({settings.tls_ca, settings.tls_certificate}));
  }
  Backends backends;
  for (const auto& [service, addresses] : settings.peers) {
    options.service = service;
    backends.Add(service, rpc::Dial(addresses, options));
  }
  return backends;
}

// The socket of single sign-on; null when there is none.
absl::StatusOr<std::unique_ptr<Server>> StartDoor(const Config& config, SingleSignOn& single_sign_on) {
  if (config.sso.socket.empty()) return nullptr;
  return Server::Start(
      {"unix:" + config.sso.socket, 1, config.limits, config.sso.socket_mode},
      [&single_sign_on](Connection& connection, const Request& request) {
        return single_sign_on.Handle(connection, request);
      },
      [](const std::string&) { return true; });
}

absl::Status Run(config::Reader& reader) {
  ASSIGN_OR_RETURN(const auto settings, process::ReadSettings(reader, process::Record::kNone));
  ASSIGN_OR_RETURN(const auto config, ReadConfig(reader));
  RETURN_IF_ERROR(reader.Finish());
  log::Init(settings.service, settings.replica, settings.log_level);
  process::StopSignal stop;
  ASSIGN_OR_RETURN(const auto schema, Schema::Load(config.descriptor_set, config.manners.open));
  Site site;
  RETURN_IF_ERROR(site.Add(config.console, ""));
  if (site.empty()) spdlog::warn("there is no console in {}: no pages are served", config.console);
  RETURN_IF_ERROR(site.Add(config.api, "/api"));
  ASSIGN_OR_RETURN(const auto backends, Dial(settings));
  ASSIGN_OR_RETURN(const auto clock, clock::Make(settings.clock));
  const clock::SystemClock wall;  // an identity's times go by the machine's clock
  Identities identities(backends.Channel("access"), wall);
  metrics::Metrics metrics;
  ASSIGN_OR_RETURN(const auto exposer, metrics::Exposer::Start(settings.admin_listen, metrics));
  Rates rates(settings.redis_socket);
  Gateway gateway({*schema, site, backends, identities, rates, config.limits, *clock, wall, metrics},
                  config.manners);
  ASSIGN_OR_RETURN(const auto server, Server::Start(
                                          {settings.listen, config.threads, config.limits},
                                          [&gateway](Connection& connection, const Request& request) {
                                            return gateway.Handle(connection, request);
                                          },
                                          [&config](const std::string& address) {
                                            return config.manners.proxies.Contains(PlainAddress(address));
                                          }));
  SingleSignOn single_sign_on({backends.Channel("access"), rates, wall, metrics}, config.sso, config.manners);
  ASSIGN_OR_RETURN(const auto door, StartDoor(config, single_sign_on));
  spdlog::info("serving http port={}", server->port());
  const process::ReadyFile ready(settings.ready_file);
  stop.Wait();
  if (door != nullptr) door->Stop(kGrace);
  server->Stop(kGrace);
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu gateway: HTTP for browsers and programs", Run);
}
