package dev.carillon.runtime.engine;

import tools.jackson.databind.json.JsonMapper;

/** The JSON codec of ops. Alone in its class, so that it is loaded only when something crosses as JSON. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}
}
