// A gateway in this process, with a service and an access behind it, for tests.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "libs/clock/clock.h"
#include "libs/metrics/metrics.h"
#include "libs/rpc/server.h"
#include "services/gateway/domain/envelope.h"
#include "services/gateway/http/gateway.h"
#include "services/gateway/http/server.h"
#include "services/gateway/http/single_sign_on.h"
#include "services/gateway/testing/http_client.h"
#include "services/gateway/testing/passage_server.h"

namespace tonghu::gateway::testing {

using Json = nlohmann::json;

inline constexpr char kJsonHead[] = "Content-Type: application/json\r\n";
inline constexpr char kSignedIn[] = "Content-Type: application/json\r\nAuthorization: Bearer good\r\n";
inline constexpr char kStreamHead[] =
    "Content-Type: application/connect+json\r\nAuthorization: Bearer good\r\n";

inline std::string Path(const std::string& method) { return "/tonghu.passage.v1.PassageService/" + method; }

inline std::string Framed(uint8_t flags, const std::string& message) {
  return EnvelopeHead(flags, message.size()) + message;
}

// The envelopes of a stream's body.
inline std::vector<Envelope> Envelopes(const std::string& body) {
  std::vector<Envelope> all;
  for (size_t at = 0; at + kEnvelopeHead <= body.size();) {
    size_t size = 0;
    for (int i = 1; i <= 4; ++i) size = size << 8 | static_cast<unsigned char>(body[at + i]);
    all.push_back({static_cast<uint8_t>(body[at]), body.substr(at + kEnvelopeHead, size)});
    at += kEnvelopeHead + size;
  }
  return all;
}

class GatewayTest : public ::testing::Test {
 protected:
  // Called by Begin before anything starts.
  std::function<void(Limits&, Manners&)> prepare = [](Limits&, Manners&) {};

  void SetUp() override { Begin(); }

  void Begin() {
    limits_ = Limits();
    Manners manners;
    manners.secure_cookie = false;
    manners.passing = {false, {"tonghu-after"}, {"tonghu-position"}};
    prepare(limits_, manners);
    manners_ = manners;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(64 << 20);
    builder.RegisterService(&service);
    builder.RegisterService(&access);
    backend_ = builder.BuildAndStart();
    ASSERT_NE(backend_, nullptr);
    const auto channel =
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
    backends_.Add("passage", channel);
    backends_.Add("access", channel);
    schema_ = *Schema::Load(TONGHU_PASSAGE_SET, manners.open);
    ASSERT_TRUE(site_.Add(site_folder, "").ok());
    identities_ = std::make_unique<Identities>(channel, wall_);
    gateway_ = std::make_unique<Gateway>(
        GatewayParts{*schema_, site_, backends_, *identities_, rates_, limits_, wall_, wall_, metrics_},
        manners);
    const auto proxies = manners.proxies;
    auto server = Server::Start(
        {"127.0.0.1:0", 2, limits_},
        [this](Connection& connection, const Request& request) {
          return gateway_->Handle(connection, request);
        },
        [proxies](const std::string& address) { return proxies.Contains(address); });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  void TearDown() override {
    server_->Stop(absl::ZeroDuration());
    EXPECT_EQ(server_->connections(), 0);
    if (backend_ != nullptr) backend_->Shutdown(std::chrono::system_clock::now());
  }

  // Serves single sign-on too, on its socket.
  absl::StatusOr<std::unique_ptr<Server>> ServeSso(const SsoSettings& settings) {
    sso_ = std::make_unique<SingleSignOn>(
        SingleSignOn::Parts{backends_.Channel("access"), rates_, wall_, metrics_}, settings, manners_);
    return Server::Start(
        {"unix:" + settings.socket, 1, limits_, settings.socket_mode},
        [this](Connection& connection, const Request& request) { return sso_->Handle(connection, request); },
        [](const std::string&) { return true; });
  }

  int port() const { return server_->port(); }
  int connections() const { return server_->connections(); }
  // Calls that reached the gateway.
  double requests() {
    return metrics_
        .Counter("tonghu_gateway_requests_total", "requests by what they wanted", {{"kind", "call"}})
        .Value();
  }
  void StopBackend() { backend_->Shutdown(std::chrono::system_clock::now()); }

  HttpReply Ask(const std::string& bytes) { return HttpClient(port()).Ask(bytes); }
  HttpReply Post(const std::string& method, const std::string& headers, const std::string& body) {
    return Ask(RequestBytes("POST " + Path(method), headers, body));
  }
  HttpReply Get(const std::string& target, const std::string& headers = "") {
    return Ask("GET " + target + " HTTP/1.1\r\nHost: tonghu.test\r\n" + headers + "\r\n");
  }
  static std::string CodeOf(const HttpReply& reply) {
    const Json json = Json::parse(reply.body, nullptr, false);
    return json.is_object() ? json.value("code", "") : "";
  }
  // Waits for a condition within generous bounds.
  static bool Comes(const std::function<bool()>& condition) {
    const absl::Time until = clock::MonotonicNow() + absl::Seconds(60);
    while (!condition() && clock::MonotonicNow() < until) absl::SleepFor(absl::Milliseconds(5));
    return condition();
  }

  PassageService service;
  AccessService access;
  std::string site_folder;

 private:
  Limits limits_;
  clock::SystemClock wall_;
  metrics::Metrics metrics_;
  std::unique_ptr<grpc::Server> backend_;
  Backends backends_;
  std::unique_ptr<Schema> schema_;
  Site site_;
  std::unique_ptr<Identities> identities_;
  Rates rates_{""};
  std::unique_ptr<Gateway> gateway_;
  Manners manners_;
  std::unique_ptr<SingleSignOn> sso_;
  std::unique_ptr<Server> server_;
};

}  // namespace tonghu::gateway::testing
