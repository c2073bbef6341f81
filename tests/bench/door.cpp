#include "tests/bench/door.h"

#include <fmt/core.h>

#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "libs/clock/timestamp.h"
#include "libs/principal/principal.h"
#include "libs/rpc/errors.h"
#include "libs/status/macros.h"
#include "tests/bench/callers.h"
#include "tests/bench/http_pool.h"
#include "tests/bench/watchers.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace alerts = tonghu::alerts::v1;
namespace pairing = tonghu::pairing::v1;
namespace registry = tonghu::registry::v1;
using Sessions = std::map<std::string, std::string>;  // by county

constexpr int kCallers = 32;
constexpr int kChildren = 100;  // of each county

const std::string& CountyOf(int number) { return Counties()[number % Counties().size()]; }

// What is called: a method with its requests, and what tells a right answer.
template <class Stub, class Request, class Response>
struct Work {
  using Done = std::function<void(grpc::Status)>;
  std::string name, service, path;
  std::function<std::unique_ptr<Stub>(std::shared_ptr<grpc::Channel>)> stub;
  std::function<void(Stub&, grpc::ClientContext*, const Request*, Response*, Done)> start;
  std::function<Request(int number)> request;
  std::function<bool(const Request&, const Response&)> right;
};

// Calls over gRPC; `identities` by county, empty: the certificate alone says who calls.
template <class Stub, class Request, class Response>
AnyCall OverGrpc(std::shared_ptr<Stub> stub, const Work<Stub, Request, Response>& work, Sessions identities) {
  return [stub, &work, identities = std::move(identities)](int number, std::function<void(bool)> done) {
    struct Call {
      std::unique_ptr<grpc::ClientContext> context = rpc::WithDeadline(absl::Seconds(30));
      Request request;
      Response response;
    };
    auto call = std::make_shared<Call>();
    call->request = work.request(number);
    if (!identities.empty())
      call->context->AddMetadata(principal::kIdentityKey, identities.at(CountyOf(number)));
    work.start(*stub, call->context.get(), &call->request, &call->response,
               [call, &work, done = std::move(done)](const grpc::Status& status) {
                 done(status.ok() && work.right(call->request, call->response));
               });
  };
}

template <class Stub, class Request, class Response>
AnyCall OverHttp(HttpPool& pool, const Work<Stub, Request, Response>& work, const Sessions& sessions) {
  return [&pool, &work, &sessions](int number, std::function<void(bool)> done) {
    auto request = std::make_shared<Request>(work.request(number));
    pool.Send({work.path, sessions.at(CountyOf(number)), request->SerializeAsString()},
              [request, &work, done = std::move(done)](int status, const std::string& body) {
                Response response;
                done(status == 200 && response.ParseFromString(body) && work.right(*request, response));
              });
  };
}

// The work by the operator's certificate only.
template <class Stub, class Request, class Response>
absl::StatusOr<Taken> AsOperator(Rig& rig, const Work<Stub, Request, Response>& work, int calls) {
  std::shared_ptr<Stub> stub = work.stub(rig.stack().Channel(work.service));
  return Take(rig, work.name, kCallers, calls, OverGrpc(stub, work, {}));
}

// The same work three ways.
template <class Stub, class Request, class Response>
absl::Status ThreeWays(Rig& rig, HttpPool& pool, const Work<Stub, Request, Response>& work,
                       const Sessions& sessions, int calls, Figures& figures) {
  std::shared_ptr<Stub> as_gateway = work.stub(rig.stack().Channel(work.service, "services/gateway"));
  Sessions identities;
  for (const auto& [county, session] : sessions) {
    ASSIGN_OR_RETURN(identities[county], IdentityOf(rig, session, work.service));
  }
  const std::string name = fmt::format("{}, {} callers", work.name, kCallers);
  ASSIGN_OR_RETURN(const Taken bare, AsOperator(rig, work, calls));
  ASSIGN_OR_RETURN(const Taken known,
                   Take(rig, name + ", a person's", kCallers, calls, OverGrpc(as_gateway, work, identities)));
  ASSIGN_OR_RETURN(const Taken http,
                   Take(rig, name + ", over HTTP", kCallers, calls, OverHttp(pool, work, sessions)));
  AddTaken(figures, name + ", the operator's", bare);
  AddTaken(figures, name + ", a person's", known, &bare);
  AddTaken(figures, name + ", a person's over HTTP", http, &known);
  return absl::OkStatus();
}

// Settings that come before the first table of a file.
absl::Status Prepend(const std::string& path, const std::string& settings) {
  std::ostringstream text;
  text << settings << std::ifstream(path).rdbuf();
  std::ofstream(path) << text.str();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Door>> Door::Open(Rig& rig) {
  const std::string address = rig.stack().Address("gateway_http");
  int port = 0;
  if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port))
    return absl::UnavailableError("the stack has no gateway");
  RETURN_IF_ERROR(Prepend(rig.stack().state() + "/run/gateway-1.toml",
                          "calls_per_account = 0\ncalls_per_address = 0\n"
                          "limits.connections_per_address = 1000000\n"));
  RETURN_IF_ERROR(rig.stack().Stop("gateway-1"));
  RETURN_IF_ERROR(rig.stack().Start("gateway-1"));
  std::unique_ptr<Door> door(new Door(rig, port));
  ASSIGN_OR_RETURN(door->people_, SignInPeople(rig));
  client::Client client(rig.stack().endpoints());
  ASSIGN_OR_RETURN(door->children_, RegisterChildren(client, kChildren));
  return door;
}

absl::Status Door::Calls(int calls, Figures& figures) {
  HttpPool pool(port_);
  const absl::Time when = absl::Now() - absl::Seconds(1);
  const Work<pairing::ContactService::Stub, pairing::CreateContactRequest, pairing::Contact> command{
      .name = "CreateContact",
      .service = "pairing",
      .path = "/tonghu.pairing.v1.ContactService/CreateContact",
      .stub = [](auto channel) { return pairing::ContactService::NewStub(channel); },
      .start = [](auto& stub, auto* context, auto* request, auto* response,
                  auto done) { stub.async()->CreateContact(context, request, response, std::move(done)); },
      .request =
          [&](int number) {
            pairing::CreateContactRequest request;
            const std::string& county = CountyOf(number);
            request.set_parent("counties/" + county);
            auto* contact = request.mutable_contact();
            contact->set_child(ChildName(county, static_cast<int>(number * 7919L % rig_.children())));
            contact->set_helper(HelperName(county));
            contact->set_kind(pairing::CONTACT_KIND_TALK);
            contact->set_note("谈心");
            clock::SetTime(when, contact->mutable_happen_time());
            return request;
          },
      .right = [](const auto& request,
                  const auto& contact) { return contact.child() == request.contact().child(); }};
  RETURN_IF_ERROR(ThreeWays(rig_, pool, command, people_.teachers, calls, figures));
  const Work<registry::ChildService::Stub, registry::GetChildRequest, registry::Child> read{
      .name = "GetChild",
      .service = "registry",
      .path = "/tonghu.registry.v1.ChildService/GetChild",
      .stub = [](auto channel) { return registry::ChildService::NewStub(channel); },
      .start = [](auto& stub, auto* context, auto* request, auto* response,
                  auto done) { stub.async()->GetChild(context, request, response, std::move(done)); },
      .request =
          [&](int number) {
            registry::GetChildRequest request;
            request.set_name(children_[number % children_.size()]);
            return request;
          },
      .right = [](const auto& request, const auto& child) { return child.name() == request.name(); }};
  RETURN_IF_ERROR(ThreeWays(rig_, pool, read, people_.officers, calls, figures));
  return Audit(calls, figures);
}

// Two lists of one row by one child, of which only the second is written down.
absl::Status Door::Audit(int calls, Figures& figures) {
  const auto one_row = [this]<class Request>(Request request, int number) {
    const std::string& county = CountyOf(number);
    request.set_parent("counties/" + county);
    request.set_child(ChildName(county, static_cast<int>(number * 7919L % rig_.children())));
    request.set_page_size(1);
    return request;
  };
  const Work<pairing::PairingService::Stub, pairing::ListPairingsRequest, pairing::ListPairingsResponse>
      pairings{
          .name = "ListPairings of a child, not written down",
          .service = "pairing",
          .stub = [](auto channel) { return pairing::PairingService::NewStub(channel); },
          .start = [](auto& stub, auto* context, auto* request, auto* response,
                      auto done) { stub.async()->ListPairings(context, request, response, std::move(done)); },
          .request = [&](int number) { return one_row(pairing::ListPairingsRequest(), number); },
          .right = [](const auto&, const auto& response) { return response.pairings_size() == 1; }};
  const Work<pairing::ContactService::Stub, pairing::ListContactsRequest, pairing::ListContactsResponse>
      contacts{
          .name = "ListContacts of a child, a reading written down",
          .service = "pairing",
          .stub = [](auto channel) { return pairing::ContactService::NewStub(channel); },
          .start = [](auto& stub, auto* context, auto* request, auto* response,
                      auto done) { stub.async()->ListContacts(context, request, response, std::move(done)); },
          .request = [&](int number) { return one_row(pairing::ListContactsRequest(), number); },
          .right = [](const auto&, const auto& response) { return response.contacts_size() == 1; }};
  ASSIGN_OR_RETURN(const Taken floor, AsOperator(rig_, pairings, calls));
  ASSIGN_OR_RETURN(const Taken written, AsOperator(rig_, contacts, calls));
  AddTaken(figures, pairings.name, floor);
  AddTaken(figures, contacts.name, written, &floor);
  return absl::OkStatus();
}

absl::Status Door::Watch(int watchers, int emergencies, Figures& figures) {
  const int each = watchers / static_cast<int>(Counties().size());
  const std::string state = rig_.stack().state();
  const double gateway = MemoryOf(state, "gateway"), service = MemoryOf(state, "alerts");
  Watchers all(port_);
  for (const std::string& county : Counties())
    RETURN_IF_ERROR(all.Open("counties/" + county, people_.officers.at(county), each));
  const double count = each * static_cast<double>(Counties().size());
  const auto kib = [count](double mib) { return mib * 1024 / count; };
  const std::string of = fmt::format("{:.0f} watchers", count);
  figures.Add({of + ": the gateway's memory a watcher", kib(MemoryOf(state, "gateway") - gateway), "KiB"});
  figures.Add({of + ": alerts' memory a watcher", kib(MemoryOf(state, "alerts") - service), "KiB"});

  auto reporter = alerts::SignalService::NewStub(rig_.stack().Channel("alerts"));
  std::vector<double> milliseconds;
  for (int i = 0; i < emergencies; ++i) {
    alerts::ReportEmergencyRequest request;
    request.set_parent("counties/" + CountyOf(i));
    request.set_child(ChildName(CountyOf(i), 1));
    request.set_kind(alerts::EMERGENCY_KIND_ACCIDENT);
    request.set_description("放学路上摔伤");
    request.set_reporter(HelperName(CountyOf(i)));
    auto context = rpc::WithDeadline(absl::Seconds(10));
    alerts::Alert alert;
    const absl::Time begin = absl::Now();
    if (grpc::Status reported = reporter->ReportEmergency(context.get(), request, &alert); !reported.ok())
      return rpc::FromGrpc(reported);
    const std::string id = alert.name().substr(alert.name().rfind('/') + 1);
    ASSIGN_OR_RETURN(const auto times, all.Await(id, static_cast<size_t>(each), absl::Seconds(30)));
    for (const absl::Time time : times) milliseconds.push_back(absl::ToDoubleMilliseconds(time - begin));
  }
  const std::string seen = of + ": emergency reported -> at the browsers of its county";
  figures.Add({seen + ", p50", Quantile(milliseconds, 0.5), "ms", Better::kLower});
  figures.Add({seen + ", p99", Quantile(milliseconds, 0.99), "ms", Better::kLower});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
