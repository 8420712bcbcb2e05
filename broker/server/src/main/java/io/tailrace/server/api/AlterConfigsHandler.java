package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.AlterConfigsResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Replaces all settings of topics and brokers. */
public final class AlterConfigsHandler implements RequestHandler<AlterConfigsRequest, AlterConfigsResponse> {
    private final ConfigChanges configs;
    private final BlockingCalls blocking;

    /** Changes settings here, on the threads of {@code blocking}. */
    public AlterConfigsHandler(ConfigChanges configs, BlockingCalls blocking) {
        this.configs = configs;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.ALTER_CONFIGS;
    }

    @Override
    public void handle(AlterConfigsRequest request, Call<AlterConfigsResponse> call) {
        blocking.answer(call, () -> alter(request));
    }

    private AlterConfigsResponse alter(AlterConfigsRequest request) {
        Consumer<ConfigChanges.Resource> once = ConfigChanges.Resource.once();
        Attempts<AlterConfigsRequest.Resource> attempts = Attempts.of(request.resources(), asked -> {
            ConfigChanges.Resource resource = new ConfigChanges.Resource(asked.resourceType(), asked.resourceName());
            once.accept(resource);
            Map<String, String> settings = settings(asked);
            configs.alter(resource, (before, rules) -> settings, request.validateOnly());
        });
        return new AlterConfigsResponse(
                0,
                attempts.answers((asked, outcome) -> new AlterConfigsResponse.Resource(
                        outcome.error(), outcome.message(), asked.resourceType(), asked.resourceName())));
    }

    private static Map<String, String> settings(AlterConfigsRequest.Resource asked) {
        Map<String, String> settings = new HashMap<>();
        for (AlterConfigsRequest.Config config : asked.configs()) {
            if (config.value() == null) {
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST,
                        config.name() + " has no value: leave a setting out to take it back");
            }
            if (settings.put(config.name(), config.value()) != null) {
                throw new TopicException(ErrorCode.INVALID_REQUEST, config.name() + " is named twice");
            }
        }
        return settings;
    }
}
