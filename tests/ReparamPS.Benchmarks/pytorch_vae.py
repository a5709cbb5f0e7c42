"""The 784-400-20 VAE in PyTorch, as one writes it: modules, autograd, torch.optim.Adam. What the vae-torch benchmark compares with.

Usage: pytorch_vae.py TRAIN_IMAGES TEST_IMAGES EPOCHS [TRAINING_IMAGES]
Prints a JSON line an epoch: epoch, seconds (training alone), train and test ELBO in nats an image.
Intensities are bytes / 255, not binarized; layers begin as nn.Linear does; the KL term is analytic, one draw an image.
"""
import gzip
import json
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn


def read_idx(path):
    with gzip.open(path) as file:
        data = file.read()
    count, height, width = numpy.frombuffer(data, ">i4", 3, 4)
    return torch.from_numpy(numpy.frombuffer(data, "u1", offset=16).reshape(count, height * width).astype("f4") / 255)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.mean, self.log_variance = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.decoder_hidden, self.decoder_out = nn.Linear(20, 400), nn.Linear(400, 784)

    def elbo(self, images):
        h = F.relu(self.hidden(images))
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        logits = self.decoder_out(F.relu(self.decoder_hidden(z)))
        reconstruction = -F.binary_cross_entropy_with_logits(logits, images, reduction="sum")
        return reconstruction + 0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum()


def main(train_path, test_path, epochs, count=60000):
    torch.set_num_threads(2)
    torch.manual_seed(1)
    train, test, batch = read_idx(train_path)[: int(count)], read_idx(test_path), 128
    model = Vae()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(1, int(epochs) + 1):
        start, total = time.perf_counter(), 0.0
        for rows in torch.randperm(len(train)).split(batch):
            images = train[rows]
            optimizer.zero_grad()
            elbo = model.elbo(images)
            (-elbo / len(images)).backward()
            optimizer.step()
            total += elbo.item()
        seconds = time.perf_counter() - start
        with torch.no_grad():
            test_elbo = sum(model.elbo(part).item() for part in test.split(1000)) / len(test)
        print(json.dumps({"epoch": epoch, "seconds": seconds, "train_elbo": total / len(train), "test_elbo": test_elbo}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
