import protobuf from 'protobufjs';

/** The part of TensorFlow's `Event` message that scalars need, and what tells of an interruption, in both of the ways in which they are written. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message PluginData { string plugin_name = 1; }
  message Metadata { PluginData plugin_data = 1; }
  message Tensor {
    int32 dtype = 1;
    bytes tensor_content = 4;
    repeated float float_val = 5;
    repeated double double_val = 6;
    repeated int32 int_val = 7;
    repeated int64 int64_val = 10;
    repeated int32 half_val = 13;
  }
  message Value {
    string tag = 1;
    oneof value { float simple_value = 2; Tensor tensor = 8; }
    Metadata metadata = 9;
  }
  message Summary { repeated Value value = 1; }
  message SessionLog { enum Status { UNSPECIFIED = 0; START = 1; } Status status = 1; }
  message Event {
    double wall_time = 1;
    int64 step = 2;
    oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
  }
`);

/** TensorFlow's message for one event of a run. */
export const eventType = root.lookupType('Event');
