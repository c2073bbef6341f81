// Reads over gRPC: a worker thread, a connection, a query.
#pragma once

#include "libs/ids/names.h"
#include "libs/journal/node.h"
#include "libs/rpc/unary.h"

namespace tonghu::pairing {

// `query(connection, request)`.
template <class Request, class Response, class Query>
grpc::ServerUnaryReactor* ReadList(journal::Node& node, grpc::CallbackServerContext* context,
                                   const Request* request, Response* response, Query query) {
  return rpc::Run(node.workers(), context, request, response,
                  [&node, query](const Request& r) -> absl::StatusOr<Response> {
                    auto connection = node.pool().Acquire(absl::Seconds(2));
                    if (!connection.ok()) return connection.status();
                    return query(**connection, r);
                  });
}

// `query(connection, name)` for the resource named in `request`.
template <class Request, class Response, class Query>
grpc::ServerUnaryReactor* ReadNamed(journal::Node& node, grpc::CallbackServerContext* context,
                                    const Request* request, Response* response, const char* collection,
                                    Query query) {
  return ReadList(
      node, context, request, response,
      [collection, query](postgres::Connection& db, const Request& r) -> absl::StatusOr<Response> {
        auto name = ids::ParseName(r.name(), collection, "name");
        if (!name.ok()) return name.status();
        return query(db, *name);
      });
}

}  // namespace tonghu::pairing
