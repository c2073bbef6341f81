// The documents of the API, made from the protos: OpenAPI 3.1 for calls, AsyncAPI 3.0 for events, a page for
// people.
#pragma once

#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "services/gateway/apidoc/comments.h"

namespace tonghu::apidoc {

using Json = nlohmann::ordered_json;
using Files = std::vector<const google::protobuf::FileDescriptor*>;

// The JSON Schema of a message as protobuf writes it in JSON; messages that it holds are added to `schemas`
// too.
void AddSchema(const google::protobuf::Descriptor& message, Json& schemas);

// Every method that is served over HTTP, with its messages.
Json OpenApi(const Files& files);

// Every event on the bus, by its subject, with its payload.
Json AsyncApi(const Files& files);

// Both as one page of HTML, without scripts.
std::string Page(const Json& open_api, const Json& async_api);

}  // namespace tonghu::apidoc
