# SPDX-License-Identifier: GPL-3.0-or-later
"""A CA and server certificates for a test, made by openssl so that they are not our own work."""

import os
import subprocess


def openssl(*args, cwd):
    subprocess.run(["openssl", *args], cwd=cwd, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_ca(folder, name="Test CA"):
    """Writes ca.pem and ca.key into FOLDER; the path of ca.pem."""
    os.makedirs(folder, exist_ok=True)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", f"/CN={name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign",
            cwd=folder)
    return os.path.join(folder, "ca.pem")


def make_server(folder, name="server", hosts=("DNS:localhost", "IP:127.0.0.1"), days=30,
                usage="serverAuth"):
    """Writes NAME.pem (certificate), NAME.key and NAME-both.pem, signed by the CA of FOLDER."""
    with open(os.path.join(folder, name + ".ext"), "w") as f:
        f.write("subjectAltName=%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=%s\n"
                % (",".join(hosts), usage))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name, cwd=folder)
    openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", name + ".pem", "-days", str(days), "-extfile", name + ".ext",
            cwd=folder)
    both = os.path.join(folder, name + "-both.pem")
    with open(both, "wb") as out:
        for part in (name + ".pem", name + ".key"):
            with open(os.path.join(folder, part), "rb") as f:
                out.write(f.read())
    return os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"), both


def make_future(folder, name="future"):
    """Like make_server(), for localhost and valid from 2090 on."""
    with open(os.path.join(folder, "ca.conf"), "w") as f:
        f.write("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\ncertificate=ca.pem\n"
                "private_key=ca.key\ndefault_md=sha256\npolicy=p\nserial=serial.txt\nx509_extensions=e\n"
                "[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
    open(os.path.join(folder, "index.txt"), "w").close()
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name, cwd=folder)
    openssl("ca", "-batch", "-config", "ca.conf", "-create_serial", "-notext", "-in", name + ".csr",
            "-out", name + ".pem", "-startdate", "20900101000000Z", "-enddate", "20910101000000Z",
            cwd=folder)
    return os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
