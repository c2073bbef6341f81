#include "tests/bench/load.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "libs/clock/timestamp.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace pairing = tonghu::pairing::v1;
namespace reporting = tonghu::reporting::v1;
using pairing::BatchCreateContactsRequest;
using pairing::BatchCreateContactsResponse;

constexpr int kCallers = 8;
constexpr int kSampled = 64;     // contacts read again
constexpr int kDoneBefore = 10;  // of so many children one

struct Call {
  int child;
  pairing::ContactKind kind;
};

pairing::CreateContactRequest RequestOf(const std::string& county, const Call& call, absl::Time when) {
  pairing::CreateContactRequest request;
  request.set_parent("counties/" + county);
  auto* contact = request.mutable_contact();
  contact->set_child(ChildName(county, call.child));
  contact->set_helper(HelperName(county));
  contact->set_kind(call.kind);
  contact->set_note(fmt::format("谈心：学习和生活情况正常（{}）", call.child));
  clock::SetTime(when, contact->mutable_happen_time());
  return request;
}

// A UUID, version 4.
std::string RandomId(std::mt19937_64& random) {
  const uint64_t high = random(), low = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     low >> 52, low & 0xffffffffffff);
}

// A county's calls, `batch` a request.
std::vector<BatchCreateContactsRequest> RequestsOf(const std::string& county, const std::vector<Call>& calls,
                                                   const LoadOptions& options, absl::Time when) {
  std::mt19937_64 random(absl::ToUnixMicros(when) + std::stoi(county));
  std::vector<BatchCreateContactsRequest> requests;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (i % options.batch == 0) {
      requests.emplace_back();
      requests.back().set_parent("counties/" + county);
    }
    auto* request = requests.back().add_requests();
    *request = RequestOf(county, calls[i], when);
    if (options.ids) request->set_request_id(RandomId(random));
  }
  return requests;
}

// By turns of the counties.
std::vector<BatchCreateContactsRequest> ByTurns(
    std::vector<std::vector<BatchCreateContactsRequest>> counties) {
  std::vector<BatchCreateContactsRequest> all;
  for (size_t i = 0; i < counties[0].size(); ++i) {
    for (auto& county : counties) all.push_back(std::move(county[i]));
  }
  return all;
}

// Calls `requests` by eight callers.
absl::Status CallAll(Rig& rig, const std::vector<BatchCreateContactsRequest>& requests,
                     std::vector<BatchCreateContactsResponse>& answers) {
  std::atomic<size_t> next = 0;
  std::vector<absl::Status> outcomes(kCallers);
  std::vector<std::thread> callers;
  const auto work = [&](absl::Status& outcome) {
    auto stub = pairing::ContactService::NewStub(rig.stack().Channel("pairing"));
    for (size_t i = next++; i < requests.size() && outcome.ok(); i = next++) {
      auto context = rpc::WithDeadline(absl::Seconds(60));
      outcome = rpc::FromGrpc(stub->BatchCreateContacts(context.get(), requests[i], &answers[i]));
    }
  };
  for (int i = 0; i < kCallers; ++i) callers.emplace_back(work, std::ref(outcomes[i]));
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& outcome : outcomes) {
    if (!outcome.ok()) return outcome;
  }
  return absl::OkStatus();
}

bool SameContact(const pairing::Contact& sent, const pairing::Contact& got) {
  return sent.child() == got.child() && sent.helper() == got.helper() && sent.kind() == got.kind() &&
         sent.note() == got.note() && clock::ToTime(sent.happen_time()) == clock::ToTime(got.happen_time());
}

}  // namespace

absl::StatusOr<Load> Load::Make(Rig& rig, const LoadOptions& options) {
  const int each = options.contacts / static_cast<int>(Counties().size());
  const int children = options.mixed ? each * 2 / 3 : each;
  auto first = rig.TakeChildren(children);
  if (!first.ok()) return first.status();
  const absl::Time when = absl::Now() - absl::Seconds(1);
  Load load;
  std::mt19937 random(options.seed);
  std::vector<std::vector<BatchCreateContactsRequest>> counties, before;
  for (const std::string& county : Counties()) {
    std::vector<Call> calls, done;
    for (int child = *first; child < *first + children; ++child) {
      calls.push_back({child, pairing::CONTACT_KIND_TALK});
      if (!options.mixed) continue;
      if (child % 2 == 0) calls.push_back({child, pairing::CONTACT_KIND_PARENT_CALL});
      if (child % kDoneBefore == 0) done.push_back({child, pairing::CONTACT_KIND_TALK});
    }
    if (!options.in_order) std::shuffle(calls.begin(), calls.end(), random);
    load.contacts_ += static_cast<int64_t>(calls.size());
    load.closing_ += children - static_cast<int64_t>(done.size());
    counties.push_back(RequestsOf(county, calls, options, when));
    before.push_back(RequestsOf(county, done, {.batch = options.batch}, when - absl::Seconds(1)));
  }
  load.requests_ = ByTurns(std::move(counties));
  load.answers_.resize(load.requests_.size());
  const auto warm = ByTurns(std::move(before));
  std::vector<BatchCreateContactsResponse> ignored(warm.size());
  if (absl::Status called = CallAll(rig, warm, ignored); !called.ok()) return called;
  if (absl::Status quiet = rig.AwaitQuiet(absl::Minutes(2)); !quiet.ok()) return quiet;
  auto counts = CountsOf(rig);
  if (!counts.ok()) return counts.status();
  load.before_ = *counts;
  return load;
}

absl::Status Load::Log(Rig& rig) { return CallAll(rig, requests_, answers_); }

absl::StatusOr<Load::Counts> Load::CountsOf(Rig& rig) {
  auto stub = reporting::ReportService::NewStub(rig.stack().Channel("reporting"));
  Counts counts;
  const std::string monday = absl::FormatCivilTime(clock::DayOf(rig.monday()));
  for (const std::string& county : Counties()) {
    reporting::QueryCountsRequest request;
    request.set_division(county);
    request.set_from_date(monday);
    request.set_to_date(monday);
    reporting::QueryCountsResponse response;
    auto context = rpc::WithDeadline(absl::Seconds(10));
    if (grpc::Status got = stub->QueryCounts(context.get(), request, &response); !got.ok())
      return rpc::FromGrpc(got);
    for (const auto& week : response.weeks()) {
      counts.contacts += week.contacts();
      counts.done += week.done();
    }
  }
  return counts;
}

absl::Status Load::Check(Rig& rig) const {
  if (absl::Status checked = CheckAnswers(); !checked.ok()) return checked;
  if (absl::Status checked = CheckStored(rig); !checked.ok()) return checked;
  return CheckCounts(rig);
}

// Each answer is of its request; no two contacts are one; as many duties are closed as can be.
absl::Status Load::CheckAnswers() const {
  std::set<std::string> names, duties;
  for (size_t i = 0; i < requests_.size(); ++i) {
    if (answers_[i].results_size() != requests_[i].requests_size())
      return absl::DataLossError(
          fmt::format("{} answers to {} contacts", answers_[i].results_size(), requests_[i].requests_size()));
    for (int k = 0; k < answers_[i].results_size(); ++k) {
      const auto& result = answers_[i].results(k);
      if (!result.has_contact()) return absl::DataLossError("refused: " + result.error().reason());
      if (!SameContact(requests_[i].requests(k).contact(), result.contact()))
        return absl::DataLossError("not what was sent: " + result.contact().name());
      names.insert(result.contact().name());
      duties.insert(result.contact().closed_duties().begin(), result.contact().closed_duties().end());
    }
  }
  if (static_cast<int64_t>(names.size()) != contacts_ || static_cast<int64_t>(duties.size()) != closing_)
    return absl::DataLossError(fmt::format("{} contacts with {} duties, not {} with {}", names.size(),
                                           duties.size(), contacts_, closing_));
  return absl::OkStatus();
}

// Some contacts and the duties that they closed, read again.
absl::Status Load::CheckStored(Rig& rig) const {
  auto contacts = pairing::ContactService::NewStub(rig.stack().Channel("pairing"));
  auto duties = pairing::DutyService::NewStub(rig.stack().Channel("pairing"));
  std::mt19937 random(7);
  for (int i = 0; i < kSampled; ++i) {
    const size_t request = random() % requests_.size();
    const int place = static_cast<int>(random() % requests_[request].requests_size());
    const pairing::Contact& answer = answers_[request].results(place).contact();
    pairing::GetContactRequest get;
    get.set_name(answer.name());
    pairing::Contact stored;
    auto context = rpc::WithDeadline(absl::Seconds(10));
    if (grpc::Status got = contacts->GetContact(context.get(), get, &stored); !got.ok())
      return rpc::FromGrpc(got);
    if (!SameContact(requests_[request].requests(place).contact(), stored))
      return absl::DataLossError("stored is not what was sent: " + answer.name());
    if (answer.closed_duties().empty()) continue;
    pairing::GetDutyRequest ask;
    ask.set_name(answer.closed_duties(0));
    pairing::Duty duty;
    auto again = rpc::WithDeadline(absl::Seconds(10));
    if (grpc::Status got = duties->GetDuty(again.get(), ask, &duty); !got.ok()) return rpc::FromGrpc(got);
    if (duty.state() != pairing::DUTY_STATE_DONE || duty.contact() != answer.name())
      return absl::DataLossError("not closed by its contact: " + duty.name());
  }
  return absl::OkStatus();
}

absl::Status Load::CheckCounts(Rig& rig) const {
  auto after = CountsOf(rig);
  if (!after.ok()) return after.status();
  const int64_t contacts = after->contacts - before_.contacts, done = after->done - before_.done;
  if (contacts == contacts_ && done == closing_) return absl::OkStatus();
  return absl::DataLossError(fmt::format("reporting counted {} contacts and {} duties done, not {} and {}",
                                         contacts, done, contacts_, closing_));
}

}  // namespace tonghu::bench
