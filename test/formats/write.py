"""Writes test/fixtures/formats with the tools that people train with, so that the readers are tested on their real files.

Run by hand, in a virtual environment outside the repository:

    pip install pandas pyarrow tensorboard tensorboardX transformers wandb
    python test/formats/write.py

The loss of every row is 1.69 + 406.4 / N^0.34 + 410.7 / D^0.28, so a test knows what has to come out.
"""

import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

os.environ["WANDB_MODE"] = "offline"
os.environ["WANDB_SILENT"] = "true"
root = Path(__file__).resolve().parent.parent / "fixtures" / "formats"
TOKENS_PER_STEP = 524_288


def loss(params, tokens):
    return 1.69 + 406.4 / params**0.34 + 410.7 / tokens**0.28


def folder(*parts):
    path = root.joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def event_file(path):
    """Gives the one event file in a folder a name without the time and the machine."""
    [written] = path.glob("events.out.tfevents.*")
    written.rename(path / "events.out.tfevents.0.host")


def write_tensorboard():
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboardX import SummaryWriter

    path = folder("tensorboard", "simple")
    with SummaryWriter(str(path)) as writer:
        for step in range(100, 1100, 100):
            tokens = step * TOKENS_PER_STEP
            writer.add_scalar("train/loss", loss(1e7, tokens) + 0.1, step)
            writer.add_scalar("train/lr", 1e-3 * (1 - step / 2000), step)
            if step % 200 == 0:
                writer.add_scalar("eval/loss", loss(1e7, tokens), step)
            if step == 400:
                writer.add_histogram("weights", np.arange(20.0), step, bins=5)
                writer.add_text("note", "no scalar", step)
    event_file(path)

    # As TensorFlow 2 and torch.utils.tensorboard (new_style=True) write scalars: tensors with a plugin's name.
    path = folder("tensorboard", "tensors")
    writer = EventFileWriter(str(path))
    for step in range(100, 600, 100):
        tokens = step * TOKENS_PER_STEP
        for tag, value in [("eval/loss", loss(1e8, tokens)), ("tokens", float(tokens))]:
            writer.add_event(Event(wall_time=1e9 + step, step=step, summary=scalar_pb(tag, value)))
    writer.close()
    event_file(path)


def log_history(params, tokens_seen=False):
    from transformers.trainer_callback import TrainerState

    state = TrainerState(global_step=1000, max_steps=1000, train_batch_size=8, logging_steps=100, eval_steps=200)
    state.log_history = []
    for step in range(100, 1100, 100):
        tokens = step * TOKENS_PER_STEP
        seen = {"num_input_tokens_seen": tokens} if tokens_seen else {}
        state.epoch = step / 1000
        entry = {"epoch": state.epoch, "grad_norm": 0.5, "learning_rate": 1e-3 * (1 - step / 1000), "step": step}
        state.log_history.append({"loss": round(loss(params, tokens) + 0.1, 4), **entry, **seen})
        if step % 200 == 0:
            scores = {"eval_loss": loss(params, tokens), "eval_runtime": 1.0, "eval_samples_per_second": 8.0}
            state.log_history.append({**scores, "epoch": state.epoch, "step": step, **seen})
    state.log_history[4]["grad_norm"] = float("nan")
    summary = {"train_loss": 5.0, "train_runtime": 10.0, "total_flos": 1.0, "epoch": 1.0, "step": 1000}
    state.log_history.append(summary)
    return state


def write_trainer_state():
    from transformers import GPT2Config, LlamaConfig, OPTConfig

    # Tokens from every entry; the size from config.json beside the state.
    config = GPT2Config(n_embd=128, n_layer=4, n_head=4, n_positions=256, vocab_size=1000, architectures=["GPT2LMHeadModel"])
    path = folder("trainer", "seen")
    config.save_pretrained(path)
    state = log_history(954_112, tokens_seen=True)
    state.num_input_tokens_seen = 1000 * TOKENS_PER_STEP
    state.save_to_json(str(path / "trainer_state.json"))

    # Two checkpoints of one run; tokens from total_flos = 6 tokens * parameters outside of embeddings.
    config = LlamaConfig(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, vocab_size=1000, architectures=["LlamaForCausalLM"])
    for step in (400, 1000):
        path = folder("trainer", "flos", f"checkpoint-{step}")
        config.save_pretrained(path)
        state = log_history(202_048)
        state.global_step = step
        state.log_history = [entry for entry in state.log_history if entry["step"] <= step]
        state.total_flos = 6.0 * step * TOKENS_PER_STEP * 138_048
        state.save_to_json(str(path / "trainer_state.json"))

    # Neither tokens nor FLOP; the configuration in the folder above.
    config = OPTConfig(hidden_size=64, ffn_dim=256, num_hidden_layers=2, num_attention_heads=4, vocab_size=1000,
                       word_embed_proj_dim=64, max_position_embeddings=128, architectures=["OPTForCausalLM"])
    config.save_pretrained(folder("trainer", "bare"))
    log_history(172_416).save_to_json(str(folder("trainer", "bare", "checkpoint-1000") / "trainer_state.json"))


def log_records(data):
    """The records of a .wandb file: LevelDB's log format after a header of 7 bytes."""
    at, block, record = 7, 32_768, b""
    while at + 7 <= len(data):
        if block - at % block < 7:
            at += block - at % block
            continue
        length, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        record += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):  # whole, or the last part
            yield record
            record = b""


def write_wandb():
    import wandb
    from wandb.proto import wandb_internal_pb2

    place = folder("wandb", "tmp")
    with wandb.init(project="isoflop", dir=str(place), name="small") as run:
        run.config.update({"n_params": 10_000_000})
        for step in range(0, 500, 50):
            tokens = step * TOKENS_PER_STEP
            row = {"train/loss": 9.0 if step == 0 else loss(1e7, tokens) + 0.1, "train/lr": 1e-3}
            if step > 0 and step % 100 == 0:
                row |= {"val/loss": loss(1e7, tokens), "train/tokens": tokens}
            if step == 200:
                row["gradients"] = wandb.Histogram(np.arange(10.0))
            run.log(row, step=step)
    wandb.teardown()  # ends the process that writes
    [log] = place.glob("wandb/offline-run-*/run-*.wandb")
    rows = []
    for data in log_records(log.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        if not record.HasField("history"):
            continue
        row = {}
        for item in record.history.item:
            place_in_row = row
            *parents, key = item.nested_key or [item.key]
            for parent in parents:
                place_in_row = place_in_row.setdefault(parent, {})
            place_in_row[key] = json.loads(item.value_json)
        rows.append(row)
    assert len(rows) == 10, rows
    shutil.rmtree(place)
    # As list(run.scan_history()) gives them, written in the ways in which people keep them.
    path = folder("wandb")
    (path / "small.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (path / "small.json").write_text(json.dumps(rows))
    # As run.history() gives them: a pandas DataFrame of scalars.
    frame = pd.DataFrame([{k: v for k, v in row.items() if not isinstance(v, dict)} for row in rows])
    frame.to_csv(path / "small-history.csv")
    frame.to_json(path / "small-columns.json")


def write_parquet():
    rows = []
    for params in (10_000_000, 100_000_000, 1_000_000_000):
        for ratio in (5, 10, 20, 40):
            tokens = params * ratio
            rows.append({"run": f"{params // 1_000_000}M-{ratio}", "config": {"n_params": params, "lr": 1e-3},
                         "tokens": tokens, "eval_loss": loss(params, tokens), "tags": ["a", "b"],
                         "half": np.float32(loss(params, tokens)), "finished": ratio < 40})
    table = pa.Table.from_pylist(rows)
    path = folder("parquet")
    for codec in ("none", "snappy", "gzip", "brotli", "lz4", "zstd"):
        pq.write_table(table, path / f"{codec}.parquet", compression=codec, row_group_size=5)
    pq.write_table(table, path / "v2.parquet", compression="zstd", version="2.6", data_page_version="2.0",
                   column_encoding={"tokens": "DELTA_BINARY_PACKED", "eval_loss": "BYTE_STREAM_SPLIT"},
                   use_dictionary=["run"])
    frame = table.to_pandas().drop(columns=["tags", "config"]).assign(params=[row["config"]["n_params"] for row in rows])
    frame.loc[3, "eval_loss"] = np.nan
    frame.to_parquet(path / "pandas.parquet")


if __name__ == "__main__":
    shutil.rmtree(root, ignore_errors=True)
    write_tensorboard()
    write_trainer_state()
    write_wandb()
    write_parquet()
    names = ["pandas", "pyarrow", "tensorboard", "tensorboardX", "transformers", "wandb"]
    (root / "versions.json").write_text(json.dumps({name: version(name) for name in names}, indent=2) + "\n")
