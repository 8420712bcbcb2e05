package io.tailrace.loader.hive;

import io.tailrace.loader.table.CatalogUnavailableException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.hive.metastore.api.AddPartitionsRequest;
import org.apache.hadoop.hive.metastore.api.AddPartitionsResult;
import org.apache.hadoop.hive.metastore.api.EnvironmentContext;
import org.apache.hadoop.hive.metastore.api.Partition;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.thrift.TException;

/** The path partitions of one table, in memory. Thread-safe. */
final class FakeMetastore implements Metastore {
    private final Map<List<String>, Partition> partitions = new HashMap<>();
    private final Map<String, Integer> calls = new HashMap<>();
    private final Map<String, Callable<?>> before = new HashMap<>();
    private final List<String> altered = new ArrayList<>();
    private int callsLeft = Integer.MAX_VALUE;

    @Override
    public <T> T call(Call<T> call) throws IOException {
        synchronized (this) {
            if (callsLeft-- <= 0) {
                throw new CatalogUnavailableException("metastore thrift://fake did not answer");
            }
        }
        try {
            return call.on(client());
        } catch (TException e) {
            throw new IOException(e);
        }
    }

    /** Accepts this many connections. */
    synchronized void failAfter(int count) {
        callsLeft = count;
    }

    /** Runs something before each call of a method. */
    synchronized void before(String method, Callable<?> action) {
        before.put(method, action);
    }

    synchronized boolean add(Partition partition) {
        return partitions.putIfAbsent(partition.getValues(), partition) == null;
    }

    synchronized Map<String, Integer> calls() {
        return Map.copyOf(calls);
    }

    synchronized List<String> altered() {
        return List.copyOf(altered);
    }

    synchronized List<Partition> partitions() {
        return List.copyOf(partitions.values());
    }

    synchronized Partition partition(String dt, String hr) {
        Partition partition = partitions.get(List.of(dt, hr));
        if (partition == null) {
            throw new AssertionError("no path partition dt=" + dt + "/hr=" + hr);
        }
        return partition;
    }

    private ThriftHiveMetastore.Iface client() {
        return (ThriftHiveMetastore.Iface) Proxy.newProxyInstance(
                FakeMetastore.class.getClassLoader(),
                new Class<?>[] {ThriftHiveMetastore.Iface.class},
                (proxy, method, args) -> invoke(method, args));
    }

    private Object invoke(Method method, Object[] args) throws Exception {
        Callable<?> action;
        synchronized (this) {
            calls.merge(method.getName(), 1, Integer::sum);
            action = before.getOrDefault(method.getName(), () -> "nothing");
        }
        action.call();
        return switch (method.getName()) {
            case "get_partitions_by_names" -> get((List<?>) args[2]);
            case "add_partitions_req" -> add((AddPartitionsRequest) args[0]);
            case "alter_partitions_with_environment_context" -> alter((List<?>) args[2], (EnvironmentContext) args[3]);
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    private synchronized List<Partition> get(List<?> names) {
        return partitions.values().stream()
                .filter(partition -> names.contains(name(partition)))
                .map(Partition::new)
                .toList();
    }

    private AddPartitionsResult add(AddPartitionsRequest request) {
        AddPartitionsResult result = new AddPartitionsResult();
        result.setPartitions(request.getParts().stream()
                .filter(partition -> add(new Partition(partition)))
                .toList());
        return result;
    }

    private synchronized Object alter(List<?> changed, EnvironmentContext context) {
        if (!"true".equals(context.getProperties().get("DO_NOT_UPDATE_STATS"))) {
            throw new AssertionError("the metastore would list the files");
        }
        for (Object item : changed) {
            Partition partition = (Partition) item;
            partitions.put(partition.getValues(), new Partition(partition));
            altered.add(name(partition));
        }
        return List.of();
    }

    private static String name(Partition partition) {
        return "dt=" + partition.getValues().get(0) + "/hr="
                + partition.getValues().get(1);
    }
}
