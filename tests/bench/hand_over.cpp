#include <fmt/core.h>

#include "absl/time/clock.h"
#include "libs/client/client.h"
#include "libs/status/macros.h"
#include "tests/bench/benchmarks.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace pairing = tonghu::pairing::v1;

constexpr int kLoad = 1000;    // the most that one call hands over
constexpr int kOneByOne = 12;  // of a county, handed over by calls of their own
constexpr char kNext[] = "next";

using Stub = pairing::PairingService::Stub;

absl::StatusOr<std::vector<std::string>> NamesOf(client::Client& client, const std::string& county) {
  pairing::ListPairingsRequest request;
  request.set_parent("counties/" + county);
  request.set_helper(HelperName(county));
  request.set_page_size(kLoad);
  ASSIGN_OR_RETURN(const auto listed, client.Call(&Stub::ListPairings, request));
  std::vector<std::string> names;
  for (const pairing::Pairing& one : listed.pairings()) names.push_back(one.name());
  return names;
}

// Hands all over in one call, and gives the pairings that began and the milliseconds. Errors: the call's;
// DATA_LOSS when the answer is not right.
absl::StatusOr<std::vector<std::string>> Together(client::Client& client, const std::string& county,
                                                  const std::vector<std::string>& names,
                                                  const std::string& helper, std::vector<double>& times) {
  pairing::BatchHandOverPairingsRequest request;
  request.set_parent("counties/" + county);
  request.mutable_names()->Assign(names.begin(), names.end());
  request.set_new_helper(helper);
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(const auto handed, client.Call(&Stub::BatchHandOverPairings, request));
  times.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
  std::vector<std::string> begun;
  for (const pairing::Pairing& one : handed.pairings()) {
    if (one.helper() != helper) return absl::DataLossError("a pairing went to somebody else");
    begun.push_back(one.name());
  }
  if (begun.size() != names.size()) return absl::DataLossError("some pairings were not handed over");
  return begun;
}

// The milliseconds of one call for one pairing, and back.
absl::StatusOr<double> Alone(client::Client& client, std::string name, const std::string& county) {
  const absl::Time begin = absl::Now();
  for (const std::string& helper : {"counties/" + county + "/staffMembers/" + kNext, HelperName(county)}) {
    pairing::HandOverPairingRequest request;
    request.set_name(name);
    request.set_new_helper(helper);
    ASSIGN_OR_RETURN(const auto handed, client.Call(&Stub::HandOverPairing, request));
    name = handed.name();
  }
  return absl::ToDoubleMilliseconds(absl::Now() - begin) / 2;
}

}  // namespace

absl::Status HandOvers(Rig& rig, Figures& figures) {
  ASSIGN_OR_RETURN(const auto db, rig.Database("pairing"));
  client::Client client(rig.stack().endpoints());
  std::vector<double> together, alone;
  size_t load = 0;
  for (const std::string& county : Counties()) {
    RETURN_IF_ERROR(db->Run("INSERT INTO staff (county, staff_id, display_name) VALUES ($1, $2, '接任') ON "
                            "CONFLICT DO NOTHING",
                            postgres::Params().Text(county).Text(kNext))
                        .status());
    ASSIGN_OR_RETURN(auto names, NamesOf(client, county));
    if (names.empty()) return absl::DataLossError("nobody is paired");
    load = names.size();
    // There and back, so that the next run finds the same.
    for (const std::string& helper : {"counties/" + county + "/staffMembers/" + kNext, HelperName(county)}) {
      ASSIGN_OR_RETURN(names, Together(client, county, names, helper, together));
    }
    for (int i = 0; i < kOneByOne; ++i) {
      ASSIGN_OR_RETURN(const double took, Alone(client, names[i], county));
      alone.push_back(took);
    }
  }
  RETURN_IF_ERROR(rig.AwaitQuiet(absl::Minutes(2)));
  figures.Add({fmt::format("{} pairings handed over in one call", load), Median(together), "ms",
               Better::kLower, static_cast<double>(load) * Median(alone), 0,
               "as many calls, one after the other"});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
