// Drives kafkajs, a client written in JavaScript alone. Usage: client.js MODULES BOOTSTRAP_SERVERS, where MODULES is the
// folder node_modules. A request is a line of JSON, {"op": NAME, ...}; the answer is {"result": ...}, or {"error": CODE,
// "message": TEXT} with the error code of the protocol, or null if the error is the client's own.
const readline = require("readline");
const [modules, bootstrap] = process.argv.slice(2);
const { createRequire } = require("module");
const load = createRequire(modules + "/");
const { Kafka, CompressionTypes, CompressionCodecs, Partitioners, ConfigResourceTypes, logLevel } = load("kafkajs");

CompressionCodecs[CompressionTypes.Snappy] = load("kafkajs-snappy");

const TOPIC_ALREADY_EXISTS = 36;
const BUFFERED_MAX = 100_000;
const kafka = new Kafka({
  clientId: "kafkajs",
  brokers: bootstrap.split(","),
  logLevel: logLevel.WARN,
  logCreator: () => ({ log }) => console.error(JSON.stringify(log)),
  retry: { retries: 7 },
});
const admin = kafka.admin();
// kafkajs deletes an unknown topic again and again, in case a broker does not know it yet. With all retries, that takes 40 s.
const deleting = kafka.admin({ retry: { retries: 3 } });
const members = new Map();

/** A consumer with the records that its test has not read yet. */
class Member {
  constructor(consumer) {
    this.consumer = consumer;
    this.assignment = [];
    this.records = [];
    this.failure = null;
    this.wake = () => {};
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.assignment = Object.entries(payload.memberAssignment)
        .flatMap(([topic, partitions]) => partitions.map((partition) => [topic, partition]))
        .sort();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.failure = payload.error;
      this.wake();
    });
  }

  add(topic, partition, message) {
    if (this.records.length === BUFFERED_MAX) {
      throw new Error(`more than ${BUFFERED_MAX} records were not read`);
    }
    this.records.push({
      topic,
      partition,
      offset: Number(message.offset),
      timestamp: Number(message.timestamp),
      key: text(message.key),
      value: text(message.value),
      headers: Object.entries(message.headers).flatMap(([name, values]) =>
        [].concat(Array.isArray(values) ? values : [values]).map((value) => [name, text(value)]),
      ),
    });
    this.wake();
  }

  /** Waits for this many records, at most this long; returns all that have come since the last call. */
  async read(count, seconds) {
    const deadline = Date.now() + seconds * 1000;
    while (this.records.length < count && !this.failure && Date.now() < deadline) {
      await new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, Math.max(1, deadline - Date.now())).unref();
      });
    }
    if (this.failure) {
      throw this.failure;
    }
    return this.records.splice(0);
  }
}

const text = (bytes) => (bytes === null || bytes === undefined ? null : bytes.toString());

/** The protocol's code of a failure, which kafkajs wraps in several ways. */
function codeOf(failure) {
  if (typeof failure.code === "number") {
    return failure.code;
  }
  if (failure.name === "KafkaJSDeleteGroupsError") {
    return failure.groups[0].errorCode;
  }
  const cause = failure.cause || (failure.errors && failure.errors[0]);
  return cause ? codeOf(cause) : null;
}

const CODECS = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy };

async function produce({ records, acks = "all", compression = "none", idempotent = false }) {
  const producer = kafka.producer({ idempotent, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const outcomes = [];
  try {
    // One request for each topic: kafkajs reports one outcome for all records of a request.
    for (const topic of new Set(records.map((record) => record.topic))) {
      const sent = records.filter((record) => record.topic === topic);
      const messages = sent.map(({ partition, key, value, timestamp, headers = [] }) => ({
        partition,
        key,
        value,
        timestamp: timestamp === undefined ? undefined : String(timestamp),
        headers: headers.reduce((all, [name, each]) => ({ ...all, [name]: [...(all[name] || []), each] }), {}),
      }));
      try {
        const wanted = { topic, acks: acks === "all" ? -1 : Number(acks), compression: CODECS[compression], messages };
        const answers = await producer.send(wanted);
        outcomes.push(...answers.map((answer) => ({ partition: answer.partition, offset: Number(answer.baseOffset) })));
      } catch (failure) {
        outcomes.push({ error: codeOf(failure), message: failure.message });
      }
    }
  } finally {
    await producer.disconnect();
  }
  return outcomes;
}

/** Sends records, and commits offsets, in one transaction. Each producer fences the one before it. */
async function transaction({ id, commit, records, offsets }) {
  const producer = kafka.producer({
    transactionalId: id,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    const open = await producer.transaction();
    const topic = records[0].topic;
    const messages = records.map(({ partition, value }) => ({ partition, value }));
    await open.send({ topic, messages });
    if (offsets) {
      const partitions = [{ partition: offsets.partition, offset: String(offsets.offset) }];
      await open.sendOffsets({ consumerGroupId: offsets.group, topics: [{ topic: offsets.topic, partitions }] });
    }
    await (commit ? open.commit() : open.abort());
  } finally {
    await producer.disconnect();
  }
}

/** kafkajs cannot assign partitions: to read a topic from a place is to be the only member of a group. */
async function open({ consumer: name, group, topics, pattern, assign, auto_commit: autoCommit = false }) {
  const [topic, partition, at] = assign ? assign[0] : [];
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: 30_000,
    heartbeatInterval: 500,
    maxWaitTimeInMs: 500,
    metadataMaxAge: 1_000,
  });
  const member = new Member(consumer);
  members.set(name, member);
  await consumer.connect();
  await consumer.subscribe({
    topics: topics || [topic || new RegExp(pattern)],
    fromBeginning: !assign || at === "beginning",
  });
  await consumer.run({
    autoCommit,
    eachMessage: async ({ topic, partition, message }) => member.add(topic, partition, message),
  });
  if (typeof at === "number") {
    consumer.seek({ topic, partition, offset: String(at) });
  }
}

const operations = {
  client: () => ({ version: load("kafkajs/package.json").version, node: process.version }),
  "create topic": async ({ topic, partitions, configs = {} }) => {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    const created = await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }],
    });
    if (!created) {
      throw Object.assign(new Error(`${topic} exists`), { code: TOPIC_ALREADY_EXISTS }); // which kafkajs hides
    }
  },
  "delete topic": ({ topic }) => deleting.deleteTopics({ topics: [topic] }),
  "create partitions": ({ topic, count }) => admin.createPartitions({ topicPartitions: [{ topic, count }] }),
  "describe topic": async ({ topic }) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0].partitions
      .map(({ partitionId, leader, replicas, isr }) => ({ partition: partitionId, leader, replicas, isr }))
      .sort((one, other) => one.partition - other.partition);
  },
  topics: async () => (await admin.listTopics()).sort(),
  brokers: async () => {
    const { controller, brokers } = await admin.describeCluster();
    return {
      controller,
      brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` })),
    };
  },
  "describe configs": async ({ topic }) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
    });
    return Object.fromEntries(resources[0].configEntries.map((entry) => [entry.configName, entry.configValue]));
  },
  "alter configs": ({ topic, configs }) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
  "list groups": async () =>
    (await admin.listGroups()).groups.map(({ groupId, protocolType }) => ({ group: groupId, type: protocolType })),
  "describe group": async ({ group }) => {
    const { groups } = await admin.describeGroups([group]);
    const { state, protocol, members: found } = groups[0];
    return { state, protocol, members: found.map((member) => member.clientId) };
  },
  "delete group": ({ group }) => admin.deleteGroups([group]),
  "delete records": async ({ topic, partition, before }) => {
    await admin.fetchTopicOffsets(topic); // deleteTopicRecords does not look up the leader of a topic that is new to it
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
  },
  "reset offsets": ({ group, topic }) => admin.resetOffsets({ groupId: group, topic, earliest: true }),
  produce,
  transaction,
  open,
  read: ({ consumer, count, seconds }) => members.get(consumer).read(count, seconds),
  assignment: ({ consumer }) => members.get(consumer).assignment,
  seek: ({ consumer, topic, partition, offset }) =>
    members.get(consumer).consumer.seek({ topic, partition, offset: String(offset) }),
  commit: ({ consumer, topic, partition, offset }) =>
    members.get(consumer).consumer.commitOffsets([{ topic, partition, offset: String(offset) }]),
  close: async ({ consumer }) => {
    const member = members.get(consumer);
    members.delete(consumer);
    await member.consumer.disconnect();
  },
  committed: async ({ group, topic, partition }) => {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const offset = Number(partitions.find((each) => each.partition === partition)?.offset ?? -1);
    return offset < 0 ? null : offset;
  },
  "list offsets": async ({ topic, partition, at }) => {
    const ends = (await admin.fetchTopicOffsets(topic)).find((each) => each.partition === partition);
    const times = await admin.fetchTopicOffsetsByTimestamp(topic, at);
    const found = times.find((each) => each.partition === partition);
    return { beginning: Number(ends.low), end: Number(ends.high), at: Number(found.offset) };
  },
};

async function serve() {
  await Promise.all([admin, deleting].map((each) => each.connect()));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { op, ...request } = JSON.parse(line);
    let answer;
    try {
      answer = { result: (await operations[op](request)) ?? null };
    } catch (failure) {
      answer = { error: codeOf(failure), message: failure.stack };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
  await Promise.all([...members.values()].map((member) => member.consumer.disconnect()));
  await Promise.all([admin, deleting].map((each) => each.disconnect()));
}

serve().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
