package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.DescribeConfigsResponse.Synonym;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.BrokerConfigEntry;
import io.tailrace.server.config.DynamicBrokerKeys;
import io.tailrace.server.config.TopicDefaults;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes the configuration of topics and of this broker, and the source of each value. */
public final class DescribeConfigsHandler implements RequestHandler<DescribeConfigsRequest, DescribeConfigsResponse> {
    private final ClusterView cluster;
    private final BrokerConfig config;

    /** Describes this broker's configuration and that of the cluster's topics. */
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
        for (DescribeConfigsRequest.Resource resource : new LinkedHashSet<>(request.resources())) {
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
            if (isRequested(asked, name)) {
                String own = topic.get().configs().get(name);
                configs.add(value(name, values(name, own, otherwise), false, synonyms));
            }
        });
        return answer(asked, configs);
    }

    private static List<Synonym> values(String name, @Nullable String own, TopicDefaults.Default otherwise) {
        Synonym byDefault = new Synonym(
                otherwise.brokerKey(),
                otherwise.text(),
                otherwise.configured()
                        ? DescribeConfigsResponse.SOURCE_STATIC_BROKER
                        : DescribeConfigsResponse.SOURCE_DEFAULT);
        return own == null
                ? List.of(byDefault)
                : List.of(new Synonym(name, own, DescribeConfigsResponse.SOURCE_TOPIC), byDefault);
    }

    private DescribeConfigsResponse.Result broker(DescribeConfigsRequest.Resource asked, boolean synonyms) {
        Map<String, Map<String, String>> dynamic = cluster.get().brokerConfigs();
        Map<String, String> forAll = dynamic.getOrDefault(ClusterImage.ALL_BROKERS, Map.of());
        List<DescribeConfigsResponse.Config> configs = new ArrayList<>();
        if (asked.resourceName().isEmpty()) {
            forAll.forEach((name, value) -> configs.add(value(
                    name,
                    List.of(new Synonym(name, value, DescribeConfigsResponse.SOURCE_DYNAMIC_DEFAULT_BROKER)),
                    false,
                    synonyms)));
        } else if (asked.resourceName().equals(String.valueOf(config.brokerId()))) {
            Map<String, String> own = dynamic.getOrDefault(asked.resourceName(), Map.of());
            DynamicBrokerKeys.defaults()
                    .forEach((name, otherwise) ->
                            configs.add(value(name, dynamic(name, own, forAll, otherwise), false, synonyms)));
            for (BrokerConfigEntry entry : config.entries()) {
                byte source = entry.configured()
                        ? DescribeConfigsResponse.SOURCE_STATIC_BROKER
                        : DescribeConfigsResponse.SOURCE_DEFAULT;
                configs.add(
                        value(entry.name(), List.of(new Synonym(entry.name(), entry.text(), source)), true, synonyms));
            }
        } else {
            return refused(
                    asked,
                    ErrorCode.INVALID_REQUEST,
                    "this is broker " + config.brokerId() + ": ask broker " + asked.resourceName() + " itself");
        }
        configs.removeIf(each -> !isRequested(asked, each.name()));
        return answer(asked, configs);
    }

    private static List<Synonym> dynamic(
            String name, Map<String, String> own, Map<String, String> forAll, String otherwise) {
        List<Synonym> values = new ArrayList<>();
        if (own.containsKey(name)) {
            values.add(new Synonym(name, own.get(name), DescribeConfigsResponse.SOURCE_DYNAMIC_BROKER));
        }
        if (forAll.containsKey(name)) {
            values.add(new Synonym(name, forAll.get(name), DescribeConfigsResponse.SOURCE_DYNAMIC_DEFAULT_BROKER));
        }
        values.add(new Synonym(name, otherwise, DescribeConfigsResponse.SOURCE_DEFAULT));
        return values;
    }

    /** A setting with its values in order of precedence; the first is in force. */
    private static DescribeConfigsResponse.Config value(
            String name, List<Synonym> values, boolean readOnly, boolean withSynonyms) {
        Synonym inForce = values.get(0);
        return new DescribeConfigsResponse.Config(
                name, inForce.value(), readOnly, inForce.source(), false, withSynonyms ? values : List.of());
    }

    private static boolean isRequested(DescribeConfigsRequest.Resource resource, String name) {
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
