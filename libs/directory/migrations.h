// The read model's tables, from migrations/: for a service to hand to journal::Node::Open before its own.
#pragma once

#include "libs/postgres/migrate.h"

namespace tonghu::directory {

postgres::MigrationSet Migrations();

}  // namespace tonghu::directory
