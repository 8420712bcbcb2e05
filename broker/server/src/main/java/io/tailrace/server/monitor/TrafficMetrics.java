package io.tailrace.server.monitor;

import io.tailrace.metrics.Metrics;
import io.tailrace.server.api.RequestMetrics;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.partition.TopicTraffic;
import io.tailrace.server.partition.TopicTraffic.Counter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The traffic of clients and followers, by topic and by kind of request. */
final class TrafficMetrics {
    private static final List<String> TOPIC = List.of("topic");
    private static final List<String> REQUEST = List.of("request");
    private static final String PREFIX = "kafka_server_brokertopicmetrics_";

    /** To Prometheus, a label with an empty value is an absent one. */
    private static final String ALL_TOPICS = "";

    private final Partitions partitions;
    private final RequestMetrics requests;
    private final int topicsMax;

    TrafficMetrics(Partitions partitions, RequestMetrics requests, int topicsMax) {
        this.partitions = partitions;
        this.requests = requests;
        this.topicsMax = topicsMax;
    }

    void register(Metrics metrics) {
        topics(metrics, "messagesin_total", "Records that producers have appended.", Counter.MESSAGES_IN);
        topics(metrics, "bytesin_total", "Bytes of batches that producers have appended.", Counter.BYTES_IN);
        topics(metrics, "bytesout_total", "Bytes of records sent to consumers.", Counter.BYTES_OUT);
        topics(
                metrics,
                "replicationbytesin_total",
                "Bytes of records copied from leaders.",
                Counter.REPLICATION_BYTES_IN);
        topics(
                metrics,
                "replicationbytesout_total",
                "Bytes of records sent to followers.",
                Counter.REPLICATION_BYTES_OUT);
        topics(
                metrics,
                "totalproducerequests_total",
                "Appends that producers asked for, one for each partition of a request.",
                Counter.PRODUCE_REQUESTS);
        topics(metrics, "failedproducerequests_total", "Appends that were refused.", Counter.FAILED_PRODUCE_REQUESTS);
        topics(
                metrics,
                "totalfetchrequests_total",
                "Reads that consumers and followers asked for, one for each partition of an answer.",
                Counter.FETCH_REQUESTS);
        topics(metrics, "failedfetchrequests_total", "Reads that were refused.", Counter.FAILED_FETCH_REQUESTS);
        metrics.counters(
                "kafka_network_requestmetrics_requests_total",
                "Requests, by API; Fetch is also split by who asks.",
                REQUEST,
                samples -> requests.read((kind, begun, answered, sumMs, quantilesMs) -> samples.add(begun, kind)));
        metrics.summaries(
                "kafka_network_requestmetrics_totaltimems",
                "Milliseconds from a request to its answer, waits for records and acknowledgements included; quantiles of"
                        + " the last five minutes.",
                REQUEST,
                samples -> requests.read((kind, begun, answered, sumMs, quantilesMs) ->
                        samples.add(answered, sumMs, quantilesMs, kind)));
    }

    private void topics(Metrics metrics, String name, String help, Counter counter) {
        metrics.counters(PREFIX + name, help, TOPIC, samples -> {
            samples.add(partitions.traffic().all().count(counter), ALL_TOPICS);
            openTopics().entrySet().stream()
                    .limit(topicsMax)
                    .forEach(topic -> samples.add(topic.getValue().count(counter), topic.getKey()));
        });
    }

    private Map<String, TopicTraffic> openTopics() {
        Map<String, TopicTraffic> topics = new TreeMap<>();
        for (Partition partition : partitions.all()) {
            topics.put(partition.id().topic(), partition.traffic());
        }
        return topics;
    }
}
