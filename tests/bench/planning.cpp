#include <fmt/core.h>

#include "absl/time/clock.h"
#include "libs/calendar/calendar.h"
#include "libs/client/client.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/status/macros.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/floor.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace pairing = tonghu::pairing::v1;

constexpr int kOften = 5;  // talks a week, of the policy that is put
constexpr registry::v1::CareLevel kLevel = registry::v1::CARE_LEVEL_GENERAL;  // that of all children
constexpr int kHorizonDays = 28;  // how far ahead pairing makes duties

// Gives every county's one school a term around now, without holidays.
absl::Status FillCalendars(postgres::Connection& db, absl::CivilDay today) {
  auto calendar = calendar::SchoolCalendar::Make({{today - 30, today + 90}}, {}, {});
  if (!calendar.ok()) return calendar.status();
  for (const std::string& county : Counties()) {
    RETURN_IF_ERROR(
        db.Run("INSERT INTO school_calendar (county, school_id, term, first_day, last_day, calendar) "
               "VALUES ($1, 'S1', 'bench', $2, $3, $4) ON CONFLICT DO NOTHING",
               postgres::Params()
                   .Text(county)
                   .Int(clock::EpochDay(today - 30))
                   .Int(clock::EpochDay(today + 90))
                   .Text(calendar->ToText()))
            .status());
  }
  return absl::OkStatus();
}

// The seconds since `begin` until the county is planned.
absl::StatusOr<double> UntilPlanned(postgres::Connection& db, const std::string& county, absl::Time begin) {
  RETURN_IF_ERROR(Await(absl::Minutes(5), [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto waiting, db.Run("SELECT count(*) FROM replanning WHERE county = $1",
                                                postgres::Params().Text(county)));
    return waiting.Int(0, 0) == 0;
  }));
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

// Puts a policy of so many talks a week, for the children of a care level or for all, and gives the seconds
// until the county is planned by it.
absl::StatusOr<double> Plan(client::Client& client, postgres::Connection& db, const std::string& county,
                            int times, registry::v1::CareLevel level = registry::v1::CARE_LEVEL_UNSPECIFIED) {
  pairing::PutDutyPolicyRequest request;
  request.mutable_policy()->set_parent("counties/" + county);
  request.mutable_policy()->set_kind(pairing::DUTY_KIND_TALK);
  request.mutable_policy()->set_care_level(level);
  request.mutable_policy()->mutable_cadence()->set_period(pairing::CADENCE_PERIOD_WEEK);
  request.mutable_policy()->mutable_cadence()->set_times(times);
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(client.Call(&pairing::DutyService::Stub::PutDutyPolicy, request).status());
  return UntilPlanned(db, county, begin);
}
// Takes the policy of the care level back: the county's own holds again.
absl::StatusOr<double> TakeBack(client::Client& client, postgres::Connection& db, const std::string& county,
                                registry::v1::CareLevel level) {
  pairing::DeleteDutyPolicyRequest request;
  request.set_parent("counties/" + county);
  request.set_kind(pairing::DUTY_KIND_TALK);
  request.set_care_level(level);
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(client.Call(&pairing::DutyService::Stub::DeleteDutyPolicy, request).status());
  return UntilPlanned(db, county, begin);
}

// DATA_LOSS unless the county has so many duties of weeks that begin after today.
absl::Status CheckPlanned(postgres::Connection& db, const std::string& county, absl::CivilDay today,
                          int64_t expected) {
  ASSIGN_OR_RETURN(const auto planned,
                   db.Run("SELECT count(*) FROM duty WHERE county = $1 AND window_start > $2",
                          postgres::Params().Text(county).Time(clock::StartOf(today))));
  if (planned.Int(0, 0) == expected) return absl::OkStatus();
  return absl::DataLossError(fmt::format("{} duties are planned instead of {}", planned.Int(0, 0), expected));
}

}  // namespace

absl::Status PlansOfACounty(Rig& rig, Figures& figures) {
  ASSIGN_OR_RETURN(const auto db, rig.Database("pairing"));
  client::Client client(rig.stack().endpoints());
  const absl::CivilDay today = clock::DayOf(rig.stack().clock().Now());
  RETURN_IF_ERROR(FillCalendars(*db, today));
  const std::string& county = Counties().front();
  // Once, so that the present policy's duties are there: the first planning is not measured.
  RETURN_IF_ERROR(Plan(client, *db, county, 1).status());
  int64_t weeks = 0;
  for (absl::CivilDay monday = calendar::MondayOf(today) + 7; monday <= today + kHorizonDays; monday += 7)
    ++weeks;
  const int64_t children = rig.children();
  RETURN_IF_ERROR(CheckPlanned(*db, county, today, weeks * children));
  ASSIGN_OR_RETURN(const Mark mark, MarkNow(rig));
  ASSIGN_OR_RETURN(const double often, Plan(client, *db, county, kOften));
  RETURN_IF_ERROR(CheckPlanned(*db, county, today, weeks * children * kOften));
  ASSIGN_OR_RETURN(const Work work, WorkSince(rig, mark));
  const int64_t made = weeks * children * (kOften - 1);
  ASSIGN_OR_RETURN(
      const Floor floor,
      RunFloor(rig, work, {.schemas = {"pairing"}, .bus = false, .events = made, .connections = 1}));
  ASSIGN_OR_RETURN(const double back, Plan(client, *db, county, 1));
  RETURN_IF_ERROR(CheckPlanned(*db, county, today, weeks * children));
  ASSIGN_OR_RETURN(const double refined, Plan(client, *db, county, kOften, kLevel));
  RETURN_IF_ERROR(CheckPlanned(*db, county, today, weeks * children * kOften));
  ASSIGN_OR_RETURN(const double refined_back, TakeBack(client, *db, county, kLevel));
  RETURN_IF_ERROR(CheckPlanned(*db, county, today, weeks * children));
  figures.Add({fmt::format("a policy that makes {} duties for {} children: planned", made, children), often,
               "s", Better::kLower, floor.seconds});
  figures.Add({"  duties made, a second", static_cast<double>(made) / often, "duties/s", Better::kHigher,
               static_cast<double>(made) / floor.seconds});
  figures.Add({"  taken back: as many duties taken away", back, "s", Better::kLower});
  const std::string same = "the county's own policy";
  figures.Add({"  the same policy for a care level: planned", refined, "s", Better::kLower, often, 0, same});
  figures.Add({"  taken back", refined_back, "s", Better::kLower, back, 0, same});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
