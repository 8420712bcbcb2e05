package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;

/** A request or a response; always a record. */
public sealed interface Message permits Request, Response {

    /** The API that the message belongs to. */
    ApiKey api();
}
