// tonghu-pairing: who looks after which child, what they owe, and what was done.
#include "libs/directory/migrations.h"
#include "libs/directory/read_model.h"
#include "libs/journal/node.h"
#include "libs/log/log.h"
#include "libs/process/process.h"
#include "libs/status/macros.h"
#include "services/pairing/app/closures.h"
#include "services/pairing/app/coverage.h"
#include "services/pairing/app/doubts.h"
#include "services/pairing/app/duty_sweeps.h"
#include "services/pairing/app/follow_calendars.h"
#include "services/pairing/app/whisper_sweeps.h"
#include "services/pairing/events/consume.h"
#include "services/pairing/postgres/migrations.h"
#include "services/pairing/postgres/queries.h"
#include "services/pairing/rpc/services.h"

namespace {

absl::Status Run(tonghu::config::Reader& reader) {
  using namespace tonghu;
  ASSIGN_OR_RETURN(auto settings, process::ReadSettings(reader));
  RETURN_IF_ERROR(reader.Finish());
  log::Init(settings.service, settings.replica, settings.log_level);
  // The directory's tables come first, as this service's migrations index one of them.
  ASSIGN_OR_RETURN(auto node,
                   journal::Node::Open(settings, {directory::Migrations(), pairing::Migrations()}));
  const auto pairings = pairing::OfferPairings(*node);
  const auto loads = pairing::OfferLoads(*node);
  const auto proposals = pairing::OfferProposals(*node);
  const auto duties = pairing::OfferDuties(*node);
  const auto calendars = pairing::OfferCalendars(*node);
  const auto closures = pairing::OfferClosures(*node);
  const auto whispers = pairing::OfferWhispers(*node);
  const auto contacts = pairing::OfferContacts(*node);
  const auto coverage = pairing::OfferCoverage(*node);
  const auto doubts = pairing::OfferDoubts(*node);
  directory::ReadModelPlaces places(node->pool(), pairing::FindChildren);
  return node->Serve(
      {.places = &places,
       .producers = {"registry"},
       .handler = pairing::Consume,
       .wants = directory::Wants,
       .sweeps = {pairing::MakeDuties(), pairing::ReplanCounties(), pairing::FollowClosuresLater(),
                  pairing::FollowCalendars(), pairing::JudgeDueDuties(), pairing::JudgeWhisperBoxes(),
                  pairing::JudgeWhisperLetters(), pairing::LookForGaps(), pairing::TellGaps(),
                  pairing::LookForDoubtsDaily()},
       .services = {pairings.get(), loads.get(), proposals.get(), duties.get(), calendars.get(),
                    closures.get(), whispers.get(), contacts.get(), coverage.get(), doubts.get()}});
}

}  // namespace

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu pairing: pairings, duties and contacts", Run);
}
