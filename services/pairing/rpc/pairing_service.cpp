#include "services/pairing/app/pairings.h"
#include "services/pairing/app/queries.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::pairing {

std::unique_ptr<journal::Service> OfferPairings(journal::Node& node) {
  auto pairings = node.Offer<v1::PairingService>();
  pairings->Command<v1::CreatePairingRequest, v1::Pairing>("CreatePairing", CreatePairings(node.ids()));
  pairings->Command<v1::BatchCreatePairingsRequest, v1::BatchCreatePairingsResponse>(
      "BatchCreatePairings", CreatePairings(node.ids()));
  pairings->Command<v1::HandOverPairingRequest, v1::Pairing>("HandOverPairing", HandOverPairings(node.ids()));
  pairings->Command<v1::BatchHandOverPairingsRequest, v1::BatchHandOverPairingsResponse>(
      "BatchHandOverPairings", HandOverPairings(node.ids()));
  pairings->Command<v1::EndPairingRequest, v1::Pairing>("EndPairing", EndPairingsAsked);
  pairings->Command<v1::PairByClassRequest, v1::PairByClassResponse>("PairByClass", PairByClass(node.ids()));
  pairings->Answer<v1::GetPairingRequest, v1::Pairing>("GetPairing", GetPairing);
  pairings->Answer("ListPairings", ListPairings);
  return pairings;
}

}  // namespace tonghu::pairing
