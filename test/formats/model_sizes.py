"""Counts the parameters of models with transformers, for test/runs/modelSize.test.ts.

Run by hand, in a virtual environment outside the repository:

    pip install torch transformers
    python test/formats/model_sizes.py

Models are made on the meta device, so the largest take no memory. Every configuration is written as transformers saves it,
without what is the default of its architecture.
"""

import json
from importlib.metadata import version
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM

# Small and with every field that changes the count, then the sizes of published models.
CONFIGS = {
    "gpt2": [{}, {"n_embd": 1600, "n_layer": 48, "n_head": 25}, {"n_embd": 64, "n_layer": 2, "n_head": 2, "n_inner": 100},
             {"n_embd": 64, "n_layer": 2, "n_head": 2, "tie_word_embeddings": False}],
    "gpt_neo": [{}, {"hidden_size": 768, "num_layers": 12, "num_heads": 12, "attention_types": [[["global", "local"], 6]]}],
    "gptj": [{"n_layer": 2}, {"n_embd": 64, "n_layer": 2, "n_head": 2, "rotary_dim": 16, "n_inner": 100}],
    "gpt_neox": [{}, {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
                      "vocab_size": 50304},
                 {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 100,
                  "attention_bias": False, "tie_word_embeddings": True}],
    "opt": [{}, {"hidden_size": 1024, "word_embed_proj_dim": 512, "ffn_dim": 4096, "num_hidden_layers": 24,
                 "num_attention_heads": 16, "do_layer_norm_before": False},
            {"hidden_size": 64, "ffn_dim": 100, "num_hidden_layers": 2, "num_attention_heads": 2, "enable_bias": False,
             "layer_norm_elementwise_affine": False}],
    "bloom": [{}, {"hidden_size": 1024, "n_layer": 24, "n_head": 16}],
    "llama": [{}, {"hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32,
                   "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": True},
              {"hidden_size": 64, "intermediate_size": 100, "num_hidden_layers": 2, "num_attention_heads": 4, "head_dim": 24,
               "attention_bias": True, "mlp_bias": True}],
    "mistral": [{}, {"hidden_size": 64, "intermediate_size": 100, "num_hidden_layers": 2, "num_attention_heads": 8}],
    "mixtral": [{"num_hidden_layers": 2}, {"hidden_size": 64, "intermediate_size": 100, "num_hidden_layers": 2,
                                           "num_attention_heads": 8, "num_local_experts": 4}],
    "qwen2": [{}, {"hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14,
                   "num_key_value_heads": 2, "tie_word_embeddings": True}],
    "qwen3": [{}, {"hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16,
                   "num_key_value_heads": 8, "tie_word_embeddings": True}],
    "gemma": [{}, {"hidden_size": 2048, "intermediate_size": 16384, "num_hidden_layers": 18, "num_attention_heads": 8,
                   "num_key_value_heads": 1}],
    "gemma2": [{}],
    "gemma3_text": [{}],
    "olmo": [{}, {"hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 16,
                  "tie_word_embeddings": True}],
    "olmo2": [{}, {"hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 16,
                   "num_key_value_heads": 4}],
    "phi": [{}, {"hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 32, "num_attention_heads": 32},
            {"hidden_size": 64, "intermediate_size": 100, "num_hidden_layers": 2, "num_attention_heads": 2,
             "qk_layernorm": True}],
    "phi3": [{}],
}


def count(kind, fields):
    config = AutoConfig.for_model(kind, **fields)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    model.tie_weights()
    config.architectures = [type(model).__name__]
    # As save_pretrained writes it, without what has nothing to do with the count.
    written = json.loads(config.to_json_string(use_diff=True))
    kept = {key: value for key, value in written.items() if isinstance(value, (int, float, bool, str)) or key == "architectures"}
    return {
        "config": kept,
        "params": model.num_parameters(),
        "withoutEmbeddings": model.num_parameters(exclude_embeddings=True),
    }


if __name__ == "__main__":
    path = Path(__file__).resolve().parent.parent / "fixtures" / "modelSizes.json"
    models = [count(kind, fields) for kind, all_fields in CONFIGS.items() for fields in all_fields]
    document = {"transformers": version("transformers"), "models": models}
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(f"{len(models)} models")
