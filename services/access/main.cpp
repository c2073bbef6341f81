// tonghu-access: who may sign in, and what they may do.
#include <sodium.h>

#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/journal/node.h"
#include "libs/log/log.h"
#include "libs/process/process.h"
#include "libs/redis/redis.h"
#include "libs/status/macros.h"
#include "services/access/app/head_signer.h"
#include "services/access/events/consume.h"
#include "services/access/postgres/migrations.h"
#include "services/access/rpc/services.h"
#include "services/access/secrets/signer.h"
#include "services/access/secrets/vault.h"
#include "services/access/sessions/session_store.h"

namespace tonghu::access {
namespace {

constexpr int kHashing = 2;         // passwords hashed at once, 64 MiB each
constexpr int kHashesWaiting = 32;  // about two seconds of them

absl::StatusOr<std::map<std::string, HeadSigner::Heads>> JournalsToSign(journal::Node& node) {
  std::map<std::string, HeadSigner::Heads> journals{{"access", OwnHeads(node.pool())}};
  for (const char* service : {"registry", "pairing", "alerts", "reporting"}) {
    ASSIGN_OR_RETURN(auto channel, node.Peer(service));
    journals[service] = HeadsOf(tonghu::journal::v1::JournalService::NewStub(channel));
  }
  return journals;
}

absl::Status Run(config::Reader& reader) {
  ASSIGN_OR_RETURN(const auto settings, process::ReadSettings(reader));
  const std::string signing_key = reader.String("identity.private_key");
  const std::string vault_key = reader.String("secrets.key");
  RETURN_IF_ERROR(reader.Finish());
  log::Init(settings.service, settings.replica, settings.log_level);
  if (sodium_init() < 0) return absl::UnavailableError("libsodium finds no random source");
  ASSIGN_OR_RETURN(const auto signer, Signer::Open(signing_key));
  ASSIGN_OR_RETURN(const auto vault, Vault::Open(vault_key));
  // The directory's tables come first, as this service's migrations index one of them.
  ASSIGN_OR_RETURN(auto node, journal::Node::Open(settings, {directory::Migrations(), Migrations()}));
  redis::Client redis(settings.redis_socket);
  SessionStore session_store(redis);
  SystemRandom random;
  const Passwords hashes(
      node->metrics().Counter("tonghu_password_hashings_total", "Hashes of passwords made"));
  const clock::SystemClock clock;
  const Context context{node->pool(),
                        node->clock(),
                        clock,
                        node->ids(),
                        vault,
                        hashes,
                        random,
                        session_store,
                        *signer,
                        [&node](std::string_view county) { return node->executor().ShardOf(county); },
                        [&node] { return node->Admit(); }};
  rpc::Workers passwords(kHashing, kHashesWaiting);
  const auto sessions = OfferSessions(*node, context, passwords);
  const auto accounts = OfferAccounts(*node, context);
  const auto audit = OfferAudit(*node);
  ASSIGN_OR_RETURN(auto journals, JournalsToSign(*node));
  HeadSigner head_signer(std::move(journals), {node->pool(), *signer, clock, settings.shards});
  return node->Serve({.producers = {"registry", "pairing", "alerts"},
                      .handler = Consume,
                      .wants = Wants,
                      .services = {sessions.get(), accounts.get(), audit.get()}});
}

}  // namespace
}  // namespace tonghu::access

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu access: accounts, sessions and rights",
                               &tonghu::access::Run);
}
