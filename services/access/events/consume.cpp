#include "services/access/events/consume.h"

#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/directory/read_model.h"
#include "libs/status/macros.h"
#include "services/access/events/audit.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"
#include "services/access/postgres/rights_store.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::access {
namespace {

namespace pairing = tonghu::pairing::events::v1;

constexpr char kWhisperBoxPut[] = "whisper_box_put";

// Who helps whom after a batch of events: of several events about a child and a helper the last one counts.
class Helping {
 public:
  void Start(const journal::Event& event, const pairing::PairingStarted& started) {
    Set({event.county, event.key, started.helper_id(), started.pairing_id()}, true);
  }
  void HandOver(const journal::Event& event, const pairing::PairingHandedOver& handed) {
    Set({event.county, event.key, handed.from_helper_id(), handed.pairing_id()}, false);
    Set({event.county, event.key, handed.to_helper_id(), handed.pairing_id()}, true);
  }
  void End(const journal::Event& event, const pairing::PairingEnded& ended) {
    // The event names no helper; the pairing may have begun in this batch.
    for (auto& [key, last] : last_) {
      if (last.helps && last.row.pairing_id == ended.pairing_id()) last.helps = false;
    }
    change_.ended.push_back({event.county, event.key, "", ended.pairing_id()});
  }
  HelpingChange Take() {
    for (auto& [key, last] : last_) (last.helps ? change_.now : change_.gone).push_back(std::move(last.row));
    return std::move(change_);
  }

 private:
  struct Last {
    HelpingRow row;
    bool helps;
  };
  void Set(HelpingRow row, bool helps) {
    auto key = std::tuple(row.county, row.child_id, row.helper_id);
    last_.insert_or_assign(std::move(key), Last{std::move(row), helps});
  }

  std::map<std::tuple<std::string, std::string, std::string>, Last> last_;  // by county, child and helper
  HelpingChange change_;
};

template <class Message>
bool Read(const journal::Event& event, Helping& helping,
          void (Helping::*take)(const journal::Event&, const Message&)) {
  Message message;
  if (!message.ParseFromString(event.payload)) return false;
  (helping.*take)(event, message);
  return true;
}

bool AddKeeper(const journal::Event& event, std::vector<KeeperRow>& keepers) {
  pairing::WhisperBoxPut put;
  if (!put.ParseFromString(event.payload)) return false;
  keepers.push_back({event.county, event.key, put.keeper_id()});
  return true;
}

// False for an event of pairing's that can't be read.
bool Add(const journal::Event& event, Helping& helping, std::vector<KeeperRow>& keepers) {
  if (event.type == kWhisperBoxPut) return AddKeeper(event, keepers);
  if (event.type == "pairing_started") return Read(event, helping, &Helping::Start);
  if (event.type == "pairing_handed_over") return Read(event, helping, &Helping::HandOver);
  if (event.type == "pairing_ended") return Read(event, helping, &Helping::End);
  return true;
}

// Disables the accounts of staff who have left, which ends their sessions.
absl::Status DisableLeft(journal::ShardTransaction& transaction,
                         absl::Span<const directory::StaffFact> staff) {
  std::vector<postgres::Key> keys;
  for (const directory::StaffFact& one : staff) {
    if (one.left) keys.emplace_back(one.county, one.id);
  }
  ASSIGN_OR_RETURN(const auto disabled, DisableAccountsOfLeft(transaction.db(), keys));
  for (const Account& account : disabled) PublishAccountPut(transaction, account, "disabled");
  return absl::OkStatus();
}

}  // namespace

bool Wants(std::string_view type) {
  return directory::Wants(type) || type.starts_with("pairing_") || type == kWhisperBoxPut || IsAudited(type);
}

absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events) {
  directory::Facts facts;
  Helping helping;
  std::vector<KeeperRow> keepers;
  std::vector<AuditRow> audited;
  for (const journal::Event* event : events) {
    RETURN_IF_ERROR(AddAudited(*event, audited));
    RETURN_IF_ERROR(directory::Add(*event, facts));
    if (!Add(*event, helping, keepers)) {
      return absl::InvalidArgumentError(
          absl::StrCat(event->producer, ".", event->shard, ".", event->seq, " is no ", event->type));
    }
  }
  RETURN_IF_ERROR(directory::Store(transaction.db(), facts));
  RETURN_IF_ERROR(DisableLeft(transaction, facts.staff));
  RETURN_IF_ERROR(InsertAudit(transaction.db(), audited));
  RETURN_IF_ERROR(StoreKeepers(transaction.db(), keepers));
  return StoreHelping(transaction.db(), helping.Take());
}

}  // namespace tonghu::access
