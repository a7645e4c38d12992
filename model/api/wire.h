// What an API server writes as the body of an answer: objects, lists, Status, and the lines of a
// watch. For the edges that speak HTTP and for comparing with recorded answers; nothing inside the
// model reads it. Errors: status_value (codec.h).
#pragma once

#include "model/api/client.h"
#include "model/api/value.h"

namespace sdbtwin::api {

// The body of a successful answer to `request`.
Value response_value(const Request& request, const Response& response);

// One line of a watch: {"type":...,"object":...}. `request`: the one of the stream, for the kind
// that a bookmark names. Precondition: not kEnd, which is no line.
Value watch_event_value(const WatchRequest& request, const WatchEvent& event);

}  // namespace sdbtwin::api
