package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.BrokerConfigEntry;
import io.tailrace.server.config.TopicDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells the configuration of topics and of this broker, and where each value comes from. */
public final class DescribeConfigsHandler implements RequestHandler<DescribeConfigsRequest, DescribeConfigsResponse> {
    private final ClusterView cluster;
    private final BrokerConfig config;

    /** Tells this broker's configuration, and that of the cluster's topics. */
    public DescribeConfigsHandler(ClusterView cluster, BrokerConfig config) {
        this.cluster = cluster;
        this.config = config;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    @Override
    public void handle(DescribeConfigsRequest request, Call<DescribeConfigsResponse> call) {
        List<DescribeConfigsResponse.Result> results = new ArrayList<>();
        for (DescribeConfigsRequest.Resource resource : request.resources()) {
            results.add(
                    switch (resource.resourceType()) {
                        case DescribeConfigsRequest.TOPIC -> topic(resource, request.includeSynonyms());
                        case DescribeConfigsRequest.BROKER -> broker(resource, request.includeSynonyms());
                        default -> refused(resource, ErrorCode.INVALID_REQUEST, "expected a topic (2) or a broker (4)");
                    });
        }
        call.answer(new DescribeConfigsResponse(0, results));
    }

    private DescribeConfigsResponse.Result topic(DescribeConfigsRequest.Resource asked, boolean synonyms) {
        Optional<TopicImage> topic = cluster.get().topic(asked.resourceName());
        if (topic.isEmpty()) {
            return refused(asked, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
        }
        List<DescribeConfigsResponse.Config> configs = new ArrayList<>();
        config.topicDefaults().all().forEach((name, otherwise) -> {
            if (isAsked(asked, name)) {
                configs.add(setting(name, topic.get().configs().get(name), otherwise, synonyms));
            }
        });
        return answer(asked, configs);
    }

    private static DescribeConfigsResponse.Config setting(
            String name, @Nullable String own, TopicDefaults.Default otherwise, boolean withSynonyms) {
        byte defaultSource = otherwise.configured()
                ? DescribeConfigsResponse.SOURCE_STATIC_BROKER
                : DescribeConfigsResponse.SOURCE_DEFAULT;
        List<DescribeConfigsResponse.Synonym> synonyms = new ArrayList<>();
        if (withSynonyms && own != null) {
            synonyms.add(new DescribeConfigsResponse.Synonym(name, own, DescribeConfigsResponse.SOURCE_TOPIC));
        }
        if (withSynonyms) {
            synonyms.add(new DescribeConfigsResponse.Synonym(otherwise.brokerKey(), otherwise.text(), defaultSource));
        }
        return new DescribeConfigsResponse.Config(
                name,
                own != null ? own : otherwise.text(),
                false,
                own != null ? DescribeConfigsResponse.SOURCE_TOPIC : defaultSource,
                false,
                synonyms);
    }

    private DescribeConfigsResponse.Result broker(DescribeConfigsRequest.Resource asked, boolean synonyms) {
        if (!asked.resourceName().equals(String.valueOf(config.brokerId()))) {
            return refused(
                    asked,
                    ErrorCode.INVALID_REQUEST,
                    "this is broker " + config.brokerId() + ": ask broker " + asked.resourceName() + " itself");
        }
        List<DescribeConfigsResponse.Config> configs = new ArrayList<>();
        for (BrokerConfigEntry entry : config.entries()) {
            if (isAsked(asked, entry.name())) {
                byte source = entry.configured()
                        ? DescribeConfigsResponse.SOURCE_STATIC_BROKER
                        : DescribeConfigsResponse.SOURCE_DEFAULT;
                configs.add(new DescribeConfigsResponse.Config(
                        entry.name(),
                        entry.text(),
                        true,
                        source,
                        false,
                        synonyms
                                ? List.of(new DescribeConfigsResponse.Synonym(entry.name(), entry.text(), source))
                                : List.of()));
            }
        }
        return answer(asked, configs);
    }

    private static boolean isAsked(DescribeConfigsRequest.Resource resource, String name) {
        return resource.configurationKeys() == null
                || resource.configurationKeys().contains(name);
    }

    private static DescribeConfigsResponse.Result answer(
            DescribeConfigsRequest.Resource asked, List<DescribeConfigsResponse.Config> configs) {
        return new DescribeConfigsResponse.Result(
                ErrorCode.NONE, null, asked.resourceType(), asked.resourceName(), configs);
    }

    private static DescribeConfigsResponse.Result refused(
            DescribeConfigsRequest.Resource asked, ErrorCode error, @Nullable String message) {
        return new DescribeConfigsResponse.Result(
                error, message, asked.resourceType(), asked.resourceName(), List.of());
    }
}
