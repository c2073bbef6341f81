// tonghu-demo: plays four school weeks of two schools on the virtual clock of a running stack, prints the
// result, and checks that the figures of all services agree.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "deploy/demo/sign_in.h"
#include "deploy/demo/story/acts.h"
#include "deploy/demo/story/cadences.h"
#include "deploy/demo/story/tally.h"
#include "deploy/demo/story/telling.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/fleet/quiet.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace {

using namespace tonghu;
using namespace tonghu::demo;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kStep = absl::Hours(1);

// Imports the rosters as an operator would, by tonghuctl.
absl::Status Import(const std::string& bin, const std::string& endpoints, const std::string& rosters) {
  for (const char* county : {kVillage, kMining}) {
    for (const char* kind : {"schools", "staff", "children"}) {
      const std::string command =
          fmt::format("'{}/tonghuctl' --endpoints '{}' import {} '{}/{}-{}.csv' --county {}", bin, endpoints,
                      kind, rosters, kind, county, county);
      fmt::print("$ tonghuctl import {} {}-{}.csv --county {}\n", kind, kind, county, county);
      std::fflush(stdout);
      if (std::system(command.c_str()) != 0)
        return absl::FailedPreconditionError(fmt::format("the import of {}-{}.csv failed", kind, county));
    }
  }
  return absl::OkStatus();
}

// The province's, which every school follows here.
absl::Status PutCalendar(client::Client& clients) {
  const calendar::SchoolCalendar term = calendar::AutumnTerm2026();
  pairing::v1::PutCountyCalendarRequest request;
  auto* calendar = request.mutable_calendar();
  calendar->set_parent("counties/000000");
  calendar->set_first_day(absl::FormatCivilTime(term.terms().front().first));
  calendar->set_last_day(absl::FormatCivilTime(term.terms().back().last));
  for (const calendar::Holiday& holiday : term.holidays()) {
    for (absl::CivilDay day = holiday.first; day <= holiday.last; ++day)
      calendar->add_holidays(absl::FormatCivilTime(day));
  }
  for (absl::CivilDay day : term.make_up_days()) calendar->add_makeup_days(absl::FormatCivilTime(day));
  return clients.Call(&pairing::v1::CalendarService::Stub::PutCountyCalendar, request).status();
}

absl::Status Pair(client::Client& clients, const School& school) {
  for (const Member& child : school.children) {
    pairing::v1::CreatePairingRequest request;
    request.set_parent("counties/" + school.county);
    request.mutable_pairing()->set_child(child.name);
    request.mutable_pairing()->set_helper(child.teacher);
    request.mutable_pairing()->set_role(pairing::v1::PAIRING_ROLE_CLASS_TEACHER);
    if (auto paired = clients.Call(&pairing::v1::PairingService::Stub::CreatePairing, request); !paired.ok())
      return paired.status();
  }
  return absl::OkStatus();
}

std::string PeopleFile(const std::string& state) { return state + "/demo/people.json"; }

// Where the gateway is, by the stack's endpoints.json; empty when the file does not say.
std::string GatewayAddress(const std::string& endpoints) {
  const auto read = nlohmann::json::parse(std::ifstream(endpoints), nullptr, false);
  return read.is_object() ? read.value("gateway_http", "") : "";
}

absl::Status Play(const std::string& state, const std::string& bin, const std::string& rosters) {
  const std::string file = state + "/run/endpoints.json";
  auto endpoints = client::ReadEndpoints(file);
  if (!endpoints.ok()) return endpoints.status();
  if (endpoints->clock.rfind("virtual:", 0) != 0)
    return absl::FailedPreconditionError("the story needs a stack on a virtual clock: make demo");
  auto clock = clock::VirtualClock::Open(endpoints->clock.substr(8), StoryStart());
  if (!clock.ok()) return clock.status();
  client::Client clients(*endpoints, {.timeout = kPatience});
  const fleet::Quiet quiet(*endpoints);

  if (absl::Status imported = Import(bin, file, rosters); !imported.ok()) return imported;
  if (absl::Status waited = quiet.Wait((*clock)->Now(), kPatience); !waited.ok()) return waited;
  auto cast = ReadCast(clients);
  if (!cast.ok()) return cast.status();
  if (absl::Status put = PutCalendar(clients); !put.ok()) return put;
  if (absl::Status waited = quiet.Wait((*clock)->Now(), kPatience); !waited.ok()) return waited;
  fmt::print("the province's calendar for the autumn is put: both schools follow it\n");
  for (const School* school : {&cast->village, &cast->mining}) {
    if (absl::Status paired = Pair(clients, *school); !paired.ok()) return paired;
    fmt::print("{}: {} children paired with their class teachers, each owed a talk every school week\n",
               school->display_name, school->children.size());
  }
  if (absl::Status set = SetCadences(clients, *cast); !set.ok()) return set;
  fmt::print("playing {} to {} …\n", absl::FormatTime("%Y-%m-%d", StoryStart(), clock::China()),
             absl::FormatTime("%Y-%m-%d", StoryEnd(), clock::China()));
  std::fflush(stdout);
  for (const Act& act : Acts(clients, *cast)) {
    // Acts of the same instant follow one another without waiting, as people would act.
    if (act.time > (*clock)->Now()) {
      if (absl::Status moved = quiet.Advance(**clock, act.time, kStep, kPatience); !moved.ok()) return moved;
    }
    if (absl::Status acted = act.act(); !acted.ok()) {
      return absl::Status(acted.code(), fmt::format("at {}: {}", absl::FormatTime(act.time, clock::China()),
                                                    acted.ToString()));
    }
  }
  if (absl::Status moved = quiet.Advance(**clock, StoryEnd(), kStep, kPatience); !moved.ok()) return moved;
  auto tally = Count(clients, *cast, fleet::Replicas(*endpoints), (*clock)->Now());
  if (!tally.ok()) return tally.status();
  Tell(*cast, *tally);
  if (absl::Status written = WriteSummary(*tally, state + "/demo/summary.json"); !written.ok())
    return written;
  fmt::print("  the same figures: {}/demo/summary.json\n", state);
  if (!tally->differences.empty()) return absl::DataLossError("the figures do not agree");
  const std::string people = PeopleFile(state);
  if (absl::Status opened = OpenDoor(clients, *cast, GatewayAddress(file), people); !opened.ok())
    return opened;
  fmt::print("A code is good once, so two of each follow. More: {}/tonghu-demo --codes\n", bin);
  return PrintCodes(people);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Plays four school weeks of two schools on a running stack with a virtual clock (make demo starts "
      "one)");
  std::string state = "var", bin = "build/release/bin", rosters = "deploy/demo/rosters";
  app.add_option("--state", state, "the stack's folder");
  app.add_option("--bin", bin, "where tonghuctl is");
  app.add_option("--rosters", rosters, "the folder of roster files");
  bool codes = false;
  app.add_flag("--codes", codes,
               "print the present one-time codes of the people of the demonstration, and nothing else");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = codes ? PrintCodes(PeopleFile(state)) : Play(state, bin, rosters);
  if (status.ok()) return 0;
  fmt::print(stderr, "tonghu-demo: {}\n", status.ToString());
  return 1;
}
