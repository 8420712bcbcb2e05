package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An HTTP response. Immutable.
 *
 * @param allow the methods that the path has; empty if they are not part of the response
 */
record RegistryResponse(int status, JsonNode body, String allow) {

    static RegistryResponse ok(JsonNode body) {
        return new RegistryResponse(200, body, "");
    }

    static RegistryResponse of(RegistryException refusal) {
        return new RegistryResponse(
                refusal.status(), error(refusal.errorCode(), String.valueOf(refusal.getMessage())), "");
    }

    /** The body of every error. */
    static JsonNode error(int code, String message) {
        return RegistryApi.JSON.createObjectNode().put("error_code", code).put("message", message);
    }
}
