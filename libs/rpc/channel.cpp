#include <arpa/inet.h>
#include <grpcpp/support/client_interceptor.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/rpc/bounds.h"
#include "libs/rpc/deadline.h"
#include "libs/rpc/server.h"

namespace tonghu::rpc {
namespace {

// By default gRPC waits up to two minutes before it tries a lost server again: a restarted replica would lie
// idle.
constexpr int kFirstBackoffMs = 100;
constexpr int kMaxBackoffMs = 1000;
constexpr int kConnectTimeoutMs = 2000;
constexpr int kPingEveryMs = 20'000;  // servers permit one in 10 s (server.cpp)
constexpr int kPingTimeoutMs = 10'000;

bool IsIp(int family, const std::string& host) {
  unsigned char parsed[sizeof(in6_addr)];
  return ::inet_pton(family, host.c_str(), parsed) == 1;
}

// gRPC's target for `addresses`: a list when they are IP addresses of one kind, else the text itself (one
// host name, or "unix:/path"). gRPC has no target for several host names.
std::string Target(const std::string& addresses) {
  std::vector<std::string> parts = absl::StrSplit(addresses, ',', absl::SkipWhitespace());
  bool v4 = !parts.empty();
  bool v6 = !parts.empty();
  for (std::string& part : parts) {
    absl::StripAsciiWhitespace(&part);
    // A list takes IP addresses only.
    if (absl::StartsWith(part, "localhost:")) part.replace(0, 9, "127.0.0.1");
    const std::string host = part.substr(0, part.rfind(':'));
    v4 = v4 && IsIp(AF_INET, host);
    v6 = v6 && host.size() > 2 && host.front() == '[' && host.back() == ']' &&
         IsIp(AF_INET6, host.substr(1, host.size() - 2));
  }
  if (v4) return absl::StrCat("ipv4:", absl::StrJoin(parts, ","));
  if (v6) return absl::StrCat("ipv6:", absl::StrJoin(parts, ","));
  return addresses;
}

using grpc::experimental::InterceptionHookPoints;

// Adds "tonghu-after" to one call and takes up the answer's "tonghu-position".
class HandOn final : public grpc::experimental::Interceptor {
 public:
  explicit HandOn(std::shared_ptr<Positions> seen) : seen_(std::move(seen)) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      std::string after = seen_->Text();
      if (!after.empty()) methods->GetSendInitialMetadata()->emplace(kAfterKey, std::move(after));
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_STATUS)) {
      const auto [begin, end] = methods->GetRecvTrailingMetadata()->equal_range(kPositionKey);
      for (auto it = begin; it != end; ++it) {
        const auto positions = ParsePositions(std::string_view(it->second.data(), it->second.size()));
        // A position that can't be read is passed over: the call's answer counts all the same.
        if (!positions.ok()) continue;
        for (const Position& position : *positions) seen_->Add(position);
      }
    }
    methods->Proceed();
  }

 private:
  const std::shared_ptr<Positions> seen_;
};

// Makes a HandOn for every call of a channel.
class HandsOn final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit HandsOn(std::shared_ptr<Positions> seen) : seen_(std::move(seen)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new HandOn(seen_);  // gRPC owns it
  }

 private:
  const std::shared_ptr<Positions> seen_;
};

}  // namespace

std::shared_ptr<grpc::Channel> Dial(const std::string& addresses, const DialOptions& options) {
  grpc::ChannelArguments arguments;
  // Every call goes to the next replica that answers; gRPC's default would use the first one alone.
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstBackoffMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxBackoffMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
                   kConnectTimeoutMs);  // despite its name: how long one attempt may take
  // Pings find a server whose machine is gone, as no closed socket tells of that.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMs);
  // Also while no call is under way, so that the next one finds a live connection.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // no limit: the time above is the limit
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);             // replicas are on the private network
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (options.seen != nullptr) interceptors.push_back(std::make_unique<HandsOn>(options.seen));
  // Addresses tell nothing of who listens there; the certificate must be in the service's name.
  if (options.tls != nullptr) arguments.SetSslTargetNameOverride(ServerName(options.service));
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      Target(addresses), options.tls == nullptr ? grpc::InsecureChannelCredentials() : options.tls->channel(),
      arguments, std::move(interceptors));
}

gpr_timespec MonotonicDeadline(absl::Duration timeout) {
  // Infinite and absurd time-outs are cut, since gpr_timespec would overflow.
  constexpr absl::Duration kLongest = absl::Hours(24 * 365);
  const int64_t millis = absl::ToInt64Milliseconds(std::clamp(timeout, -kLongest, kLongest));
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(millis, GPR_TIMESPAN));
}

std::unique_ptr<grpc::ClientContext> WithDeadline(absl::Duration timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(MonotonicDeadline(timeout));
  return context;
}

}  // namespace tonghu::rpc
