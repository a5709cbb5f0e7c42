"""Throughput of the machine's own PyTorch: python3 pytorch_speed.py DEVICE IMAGES. One 'name=value' per line."""
import sys
import time

import torch

device, images = torch.device(sys.argv[1]), int(sys.argv[2])
is_cpu = device.type == "cpu"


def wait():
    if not is_cpu:
        torch.cuda.synchronize(device)


def timed(work):
    work()
    wait()
    start = time.perf_counter()
    work()
    wait()
    return time.perf_counter() - start


print(f"version={torch.__version__}", flush=True)
print(f"device={'cpu' if is_cpu else torch.cuda.get_device_name(device)}", flush=True)
count = 10_000_000 if is_cpu else 100_000_000
for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
    seconds = timed(lambda: torch.randn(count, dtype=dtype, device=device))
    print(f"normals_{name}={count:.0e} in {seconds:.3f} s", flush=True)


def vae(hidden, latent):
    torch.manual_seed(1)
    encoder = torch.nn.Sequential(torch.nn.Linear(784, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 2 * latent)).to(device)
    decoder = torch.nn.Sequential(torch.nn.Linear(latent, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 784)).to(device)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    data = torch.rand(images, 784, device=device)

    def epoch():
        order = torch.randperm(images, device=device)
        for first in range(0, images, 100):
            batch = data[order[first:first + 100]]
            mean, log_variance = encoder(batch).chunk(2, 1)
            logits = decoder(mean + (log_variance / 2).exp() * torch.randn_like(mean))
            reconstruction = torch.nn.functional.binary_cross_entropy_with_logits(logits, batch, reduction="sum")
            kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
            optimizer.zero_grad()
            ((reconstruction + kl) / len(batch)).backward()
            optimizer.step()

    seconds = timed(epoch)
    print(f"vae_{hidden}={images / seconds:.0f} images/s, an epoch of 60,000 in {60000 * seconds / images:.2f} s", flush=True)


vae(400, 20)
vae(2000, 200)
