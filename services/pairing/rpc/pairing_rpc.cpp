#include "services/pairing/rpc/pairing_rpc.h"

#include "libs/journal/time.h"
#include "services/pairing/postgres/queries.h"
#include "services/pairing/rpc/read.h"

namespace tonghu::pairing {

PairingRpc::PairingRpc(journal::Node& node)
    : node_(node),
      create_(node.executor(), "CreatePairing", CreatePairings(node.ids())),
      hand_over_(node.executor(), "HandOverPairing", HandOverPairings(node.ids())),
      end_(node.executor(), "EndPairing", EndPairingsAsked),
      by_class_(node.executor(), "PairByClass", pairing::PairByClass(node.ids())) {}

Reactor* PairingRpc::CreatePairing(Context* context, const v1::CreatePairingRequest* request,
                                   v1::Pairing* response) {
  return journal::RunCommand(create_, context, request, response,
                             ids::ParseParent(request->parent(), "parent"));
}

Reactor* PairingRpc::HandOverPairing(Context* context, const v1::HandOverPairingRequest* request,
                                     v1::Pairing* response) {
  return journal::RunCommand(hand_over_, context, request, response,
                             journal::CountyOf(ids::ParseName(request->name(), "pairings", "name")));
}

Reactor* PairingRpc::EndPairing(Context* context, const v1::EndPairingRequest* request,
                                v1::Pairing* response) {
  return journal::RunCommand(end_, context, request, response,
                             journal::CountyOf(ids::ParseName(request->name(), "pairings", "name")));
}

Reactor* PairingRpc::PairByClass(Context* context, const v1::PairByClassRequest* request,
                                 v1::PairByClassResponse* response) {
  return journal::RunCommand(by_class_, context, request, response,
                             ids::ParseParent(request->parent(), "parent"));
}

Reactor* PairingRpc::GetPairing(Context* context, const v1::GetPairingRequest* request,
                                v1::Pairing* response) {
  return ReadNamed(node_, context, request, response, "pairings", ReadPairing);
}

Reactor* PairingRpc::ListPairings(Context* context, const v1::ListPairingsRequest* request,
                                  v1::ListPairingsResponse* response) {
  return ReadList(node_, context, request, response, pairing::ListPairings);
}

Reactor* PairingRpc::ListUncoveredChildren(Context* context, const v1::ListUncoveredChildrenRequest* request,
                                           v1::ListUncoveredChildrenResponse* response) {
  return ReadList(node_, context, request, response,
                  [this](postgres::Connection& db, const v1::ListUncoveredChildrenRequest& r) {
                    auto now = journal::Now(db, node_.clock());
                    return now.ok() ? pairing::ListUncoveredChildren(db, r, *now) : now.status();
                  });
}

DutyRpc::DutyRpc(journal::Node& node) : node_(node), excuse_(node.executor(), "ExcuseDuty", ExcuseDuties) {}

Reactor* DutyRpc::GetDuty(Context* context, const v1::GetDutyRequest* request, v1::Duty* response) {
  return ReadNamed(node_, context, request, response, "duties", ReadDuty);
}

Reactor* DutyRpc::ListDuties(Context* context, const v1::ListDutiesRequest* request,
                             v1::ListDutiesResponse* response) {
  return ReadList(node_, context, request, response, pairing::ListDuties);
}

Reactor* DutyRpc::ExcuseDuty(Context* context, const v1::ExcuseDutyRequest* request, v1::Duty* response) {
  return journal::RunCommand(excuse_, context, request, response,
                             journal::CountyOf(ids::ParseName(request->name(), "duties", "name")));
}

}  // namespace tonghu::pairing
